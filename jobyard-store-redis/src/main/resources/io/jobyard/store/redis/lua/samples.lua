-- Puts one sample in the place of the one before. Keys: the set of the bucket's series, the hash of this one's writers.
-- Arguments: series, writer, data, when it may be forgotten. The set lives as long as the longest of its series.
redis.replicate_commands()
local clock = redis.call('TIME')
local left = tonumber(ARGV[4]) - (clock[1] * 1000 + math.floor(clock[2] / 1000))
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIREAT', KEYS[2], ARGV[4])
redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < left then
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
end
return {}
