-- Leases of one line. ARGV: base, which (orphans, held, cancels), session ('' for orphans), how many, where to go on
-- ('0' for the start); for orphans then the highest session to judge, and the living ones: a session that is none of
-- them may hold leases here no more, and is stale here from this step on.
-- Returns where to go on ('0' at the end), a number, then for each lease: state, body without payload. One may come
-- twice. The number is of orphans: 1 if kept jobs wait to be purged, 2 if pushes are on their way, 3 if both, else 0;
-- of the others how many leases the session has here.
local base, which, session, most, cursor = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
-- So many leases are looked at in one step.
local SCANNED = 1000
local wanted, told = {}, 0
if which == 'orphans' then
  told = call('ZCOUNT', base .. ':e', '-inf', now) > 0 and 1 or 0
  told = told + 2 * call('EXISTS', base .. ':o')
  local highest, living = tonumber(ARGV[6]), {}
  for i = 7, #ARGV do
    living[ARGV[i]] = true
  end
  local all = call('HGETALL', base .. ':m')
  for i = 1, #all, 2 do
    local member, count = all[i], tonumber(all[i + 1])
    if byte(member) == 45 then
      wanted[sub(member, 2)] = true
    elseif tonumber(member) <= highest and not living[member] then
      call('HDEL', base .. ':m', member)
      if count > 0 then
        call('HINCRBY', base .. ':m', '-' .. member, count)
        wanted[member] = true
      end
    end
  end
else
  local living, ended = unpack(call('HMGET', base .. ':m', session, '-' .. session))
  told = tonumber(living or '0') + tonumber(ended or '0')
  if which == 'held' and told > 0 then
    wanted[session] = true
  end
end

local ids, states = {}, {}
if which == 'cancels' then
  local asked = call('HGETALL', base .. ':x')
  for i = 1, #asked, 2 do
    if asked[i + 1] == session then
      ids[#ids + 1] = asked[i]
    end
  end
  states = fetch(base .. ':l', ids)
  cursor = '0'
elseif next(wanted) then
  local looked = 0
  repeat
    local step = call('HSCAN', base .. ':l', cursor, 'COUNT', 250)
    cursor = step[1]
    local some = step[2]
    for i = 1, #some, 2 do
      if wanted[session_of(some[i + 1])] then
        ids[#ids + 1] = some[i]
        states[#states + 1] = some[i + 1]
      end
    end
    looked = looked + #some / 2
  until cursor == '0' or looked >= SCANNED or (most > 0 and #ids >= most)
else
  cursor = '0'
end
local reply = { cursor, told }
for i, id in ipairs(ids) do
  reply[#reply + 1] = { states[i], without_payload(call('HGET', base .. ':b', id)) }
end
return reply
