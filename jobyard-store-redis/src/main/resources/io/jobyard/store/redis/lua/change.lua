-- What operators do to jobs. ARGV: channel, queue, base, what (cancel, retry, forget), states wanted, kind ('' for
-- any), ids. Returns for each: 0 not here, 1 done, 2 asked for, 3 nothing to do; and the external ids that are free
-- now with the ids that had them.
local channel, queue, base, what, wanted, kind = unpack(ARGV, 1, 6)
local answers, freed = {}, {}
local forgotten, kept, ended, back, asked = 0, 0, false, false, false
for i = 7, #ARGV do
  local id = ARGV[i]
  local f = state_of(base, id)
  local answer = 0
  if f then
    local state = f[F.state]
    local shown = state
    if state == 'S' and tonumber(f[F.run]) <= now then
      -- Its time came: it counts as ready, and is still found among the scheduled.
      shown = 'W'
    end
    local fits = string.find(wanted, shown, 1, true)
      and (kind == '' or kind_of(call('HGET', base .. ':b', id)) == kind)
    answer = 3
    if not fits then
      answer = 3
    elseif what == 'cancel' then
      if state == 'W' or state == 'S' then
        take_out(base, id, f)
        finish(base, id, f, 'C')
        ended = true
        answer = 1
      elseif state == 'R' then
        f[F.flags] = sub(f[F.flags], 1, 2) .. '1'
        write(base, id, f)
        call('HSET', base .. ':x', id, f[F.session])
        asked = true
        answer = 2
      end
    elseif what == 'retry' and (state == 'F' or state == 'C') then
      take_out(base, id, f)
      f[F.failed], f[F.crashed], f[F.lost], f[F.handler], f[F.phase] = '0', '0', '0', '0', '0'
      wait_until(base, id, f, now)
      back = true
      answer = 1
    elseif what == 'forget' and state ~= 'R' then
      take_out(base, id, f)
      local external = remove(base, id, f)
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
  call('HINCRBY', base .. ':q', 'forgotten', forgotten)
end
if kept > 0 then
  call('HINCRBY', base .. ':q', 'succeeded', -kept)
end
if back then call('PUBLISH', channel, 'r' .. queue) end
if asked then call('PUBLISH', channel, 'c') end
if ended then call('PUBLISH', channel, 'f') end
return { answers, freed }
