-- Ends a session unless it has beaten since. KEYS: sessions, beats, last. ARGV: its number, its last beat ('': any).
local beat = redis.call('HGET', KEYS[2], ARGV[1])
if ARGV[2] ~= '' and beat ~= ARGV[2] then
  return { 0 }
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return { 1 }
