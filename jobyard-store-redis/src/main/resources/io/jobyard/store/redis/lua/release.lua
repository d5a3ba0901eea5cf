-- Frees external ids that still belong to these ids. KEYS: externals. ARGV: external id, id, and so on.
for i = 1, #ARGV, 2 do
  local owner = redis.call('HGET', KEYS[1], ARGV[i])
  if owner and string.sub(owner, 1, 16) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return { 1 }
