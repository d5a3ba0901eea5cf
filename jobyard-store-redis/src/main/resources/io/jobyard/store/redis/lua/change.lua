-- What operators do to jobs. ARGV: channel, queue, base, what (cancel, retry, forget), states wanted, kind ('' for
-- any), 'id' or 'seq', which. Returns for each: 0 not here, 1 done, 2 asked for, 3 nothing to do; and the external ids
-- that are free now with the ids that had them.
local channel, queue, base, what, wanted, kind, by = unpack(ARGV, 1, 7)
local answers, freed = {}, {}
local forgotten, kept, ended, back, asked = 0, 0, false, false, false
for i = 8, #ARGV do
  local seq = ARGV[i]
  if by == 'id' then
    seq = redis.call('HGET', base .. ':i', seq)
  end
  local f = seq and state_of(base, seq)
  local answer = 0
  if f then
    local state = f[F.state]
    if state == 'S' and tonumber(f[F.run]) <= now then
      -- Its time came: it counts as ready, and is still found among the scheduled.
      state = 'W'
    end
    local fits = string.find(wanted, state, 1, true)
      and (kind == '' or kind_of(redis.call('HGET', base .. ':b', seq)) == kind)
    answer = 3
    if not fits then
      answer = 3
    elseif what == 'cancel' then
      if state == 'W' or state == 'S' then
        take_out(base, seq, f)
        finish(base, seq, f, 'C')
        ended = true
        answer = 1
      elseif state == 'R' then
        f[F.flags] = string.sub(f[F.flags], 1, 2) .. '1'
        write(base, seq, f)
        asked = true
        answer = 2
      end
    elseif what == 'retry' and (state == 'F' or state == 'C') then
      take_out(base, seq, f)
      f[F.failed], f[F.crashed], f[F.lost], f[F.handler], f[F.phase] = '0', '0', '0', '0', '0'
      wait_until(base, seq, f, now)
      back = true
      answer = 1
    elseif what == 'forget' and state ~= 'R' then
      take_out(base, seq, f)
      local external, id = remove(base, seq, f)
      if external then
        freed[#freed + 1] = external
        freed[#freed + 1] = id
      end
      forgotten = forgotten + 1
      if state == 'K' then
        kept = kept + 1
      end
      answer = 1
    end
  end
  answers[#answers + 1] = answer
end
if forgotten > 0 then
  redis.call('HINCRBY', base .. ':q', 'forgotten', forgotten)
end
if kept > 0 then
  redis.call('HINCRBY', base .. ':q', 'succeeded', -kept)
end
if back then redis.call('PUBLISH', channel, 'r' .. queue) end
if asked then redis.call('PUBLISH', channel, 'c') end
if ended then redis.call('PUBLISH', channel, 'f') end
return { answers, freed }
