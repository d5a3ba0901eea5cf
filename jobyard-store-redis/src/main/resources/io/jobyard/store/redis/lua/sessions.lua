-- The living sessions. KEYS: sessions, beats, last, queues. Returns the last number given, every queue and its shards,
-- then of each session: number, what is known, last beat.
local reply = { redis.call('GET', KEYS[3]) or '0', redis.call('HGETALL', KEYS[4]) }
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  reply[#reply + 1] = { all[i], all[i + 1], redis.call('HGET', KEYS[2], all[i]) or '0' }
end
return reply
