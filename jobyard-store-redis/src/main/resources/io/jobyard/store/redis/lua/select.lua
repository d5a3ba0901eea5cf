-- Looks through jobs, so many at a time. ARGV: base, index (n, a, f, c, k by seq, l in no order), where to go on ('' for
-- the start: a seq, or of l what was returned), 'desc' or 'asc', how many to look at, states wanted as letters, kind
-- ('' for any). Returns where to go on ('' if that was all), then of those that fit: seq, id and so on.
local base, index, after, down = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == 'desc'
local most, wanted, kind = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local STATE = { n = 'W', l = 'R', f = 'F', c = 'C', k = 'K' }
local key = base .. ':' .. index
local ids, seqs, bodies = {}, {}, nil
local reply = { '' }
if index == 'l' then
  local step = call('HSCAN', key, after == '' and '0' or after, 'COUNT', most)
  for i = 1, #step[2], 2 do
    ids[#ids + 1] = step[2][i]
  end
  bodies = fetch(base .. ':b', ids)
  for i, body in ipairs(bodies) do
    seqs[i] = seq_of(body)
  end
  reply[1] = step[1] == '0' and '' or step[1]
else
  local some
  if down then
    some = call('ZREVRANGEBYSCORE', key, after == '' and '+inf' or '(' .. after, '-inf', 'WITHSCORES', 'LIMIT', 0, most)
  else
    some = call('ZRANGEBYSCORE', key, after == '' and '-inf' or '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  end
  for i = 1, #some, 2 do
    ids[#ids + 1] = some[i]
    seqs[#seqs + 1] = some[i + 1]
  end
  reply[1] = #ids == most and seqs[#seqs] or ''
  bodies = kind ~= '' and fetch(base .. ':b', ids) or nil
end
local states = index == 'a' and fetch(base .. ':d', ids) or nil
for i, id in ipairs(ids) do
  local state = STATE[index] or 'W'
  if states and states[i] then
    state = sub(states[i], 1, 1)
    if state == 'S' and tonumber(words(states[i])[F.run]) <= now then
      state = 'W'
    end
  end
  if string.find(wanted, state, 1, true) and (kind == '' or kind_of(bodies[i]) == kind) then
    reply[#reply + 1] = seqs[i]
    reply[#reply + 1] = id
  end
end
return reply
