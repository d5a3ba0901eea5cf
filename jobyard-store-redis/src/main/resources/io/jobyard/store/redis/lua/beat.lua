-- Says that a session lives. KEYS: sessions, beats, last. ARGV: its number. Returns 0 if it was ended.
redis.replicate_commands()
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return { 0 }
end
local clock = redis.call('TIME')
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000)))
return { 1 }
