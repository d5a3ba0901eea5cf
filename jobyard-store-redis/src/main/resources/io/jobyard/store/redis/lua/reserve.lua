-- Gives external ids to the first that asks. KEYS: externals. ARGV: external id, id, line, and so on.
-- Returns for each: the id that has it, its line, since how many milliseconds.
redis.replicate_commands()
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local reply = {}
for i = 1, #ARGV, 3 do
  local owner = redis.call('HGET', KEYS[1], ARGV[i])
  if not owner then
    owner = ARGV[i + 1] .. string.format('%013.0f', now) .. ARGV[i + 2]
    redis.call('HSET', KEYS[1], ARGV[i], owner)
  end
  reply[#reply + 1] = { string.sub(owner, 1, 16), string.sub(owner, 30), now - tonumber(string.sub(owner, 17, 29)) }
end
return reply
