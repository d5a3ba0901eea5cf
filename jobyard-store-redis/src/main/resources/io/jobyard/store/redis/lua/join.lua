-- Begins a session. KEYS: sessions, beats, last. ARGV: what is known of it. Returns its number, which is the clock's
-- and so is not given again after a failover that lost the latest.
redis.replicate_commands()
local clock = redis.call('TIME')
local number = math.max(clock[1] * 1000000 + clock[2], tonumber(redis.call('GET', KEYS[3]) or '0') + 1)
local text = string.format('%.0f', number)
local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
redis.call('SET', KEYS[3], text)
redis.call('HSET', KEYS[1], text, now .. ' ' .. ARGV[1])
redis.call('HSET', KEYS[2], text, now)
return { text }
