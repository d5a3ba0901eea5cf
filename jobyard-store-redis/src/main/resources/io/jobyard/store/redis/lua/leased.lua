-- Leases of one line. ARGV: base, which (orphans, held, cancels), session ('' for orphans), how many; for orphans
-- first the highest session to judge, then the living ones: a session that is none of them may hold leases here no
-- more, and is stale here from this step on.
-- Returns how many leases the session has here, then for each lease: seq, state, body without payload.
local base, which, session, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local seqs, total = {}, 0
if which == 'orphans' then
  local highest, living = tonumber(ARGV[5]), {}
  for i = 6, #ARGV do
    living[ARGV[i]] = true
  end
  for _, member in ipairs(redis.call('HKEYS', base .. ':m')) do
    if tonumber(member) <= highest and not living[member] then
      redis.call('HDEL', base .. ':m', member)
    end
  end
  local from = '-inf'
  while #seqs < most do
    local first = redis.call('ZRANGEBYSCORE', base .. ':l', from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    if #first == 0 then
      break
    end
    local holder = string.format('%.0f', tonumber(first[2]))
    if redis.call('HEXISTS', base .. ':m', holder) == 0 then
      for _, seq in ipairs(redis.call('ZRANGEBYSCORE', base .. ':l', holder, holder, 'LIMIT', 0, most - #seqs)) do
        seqs[#seqs + 1] = seq
      end
    end
    from = '(' .. holder
  end
else
  seqs = redis.call('ZRANGEBYSCORE', base .. ':l', session, session)
  total = #seqs
end
local states = fetch(base .. ':d', seqs)
local reply = { total }
for i, seq in ipairs(seqs) do
  if which ~= 'cancels' or string.sub(words(states[i])[F.flags], 3, 3) == '1' then
    local body = redis.call('HGET', base .. ':b', seq)
    reply[#reply + 1] = { seq, states[i], string.sub(body, 1, #body - size_of(body)) }
  end
end
return reply
