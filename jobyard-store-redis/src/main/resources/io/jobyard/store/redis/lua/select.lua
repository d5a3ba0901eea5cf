-- Looks through jobs by seq, so many at a time. ARGV: base, index (a, f, c, k, l), seq to go on after ('' for the
-- start), 'desc' or 'asc', how many to look at, states wanted as letters, kind ('' for any).
-- Returns the last seq it looked at ('' if that was all), then those that fit.
local base, index, after, down = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == 'desc'
local most, wanted, kind = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local seqs
if index == 'l' then
  -- Leased ones are kept by session; they are few.
  seqs = {}
  for _, seq in ipairs(redis.call('ZRANGE', base .. ':l', 0, -1)) do
    if after == '' or (down and seq < after) or (not down and seq > after) then
      seqs[#seqs + 1] = seq
    end
  end
  table.sort(seqs, function(a, b)
    if down then return a > b end
    return a < b
  end)
  while #seqs > most do
    seqs[#seqs] = nil
  end
elseif down then
  seqs = redis.call('ZREVRANGEBYSCORE', base .. ':' .. index, after == '' and '+inf' or '(' .. after, '-inf',
    'LIMIT', 0, most)
else
  seqs = redis.call('ZRANGEBYSCORE', base .. ':' .. index, after == '' and '-inf' or '(' .. after, '+inf',
    'LIMIT', 0, most)
end
local reply = { #seqs == most and seqs[#seqs] or '' }
local states = fetch(base .. ':d', seqs)
local bodies = kind ~= '' and fetch(base .. ':b', seqs) or nil
for i, seq in ipairs(seqs) do
  local state = states[i] and string.sub(states[i], 1, 1) or 'W'
  if state == 'S' and tonumber(words(states[i])[F.run]) <= now then
    state = 'W'
  end
  if string.find(wanted, state, 1, true) and (not bodies or kind_of(bodies[i]) == kind) then
    reply[#reply + 1] = seq
  end
end
return reply
