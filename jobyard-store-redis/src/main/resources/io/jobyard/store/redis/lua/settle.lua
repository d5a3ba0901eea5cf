-- Writes what became of leased jobs of one line. ARGV: channel, queue, base; then items of two forms:
-- D (done, nothing to keep), proof, ids of 16 bytes one behind the other; or
-- what (S: succeeded, R: return, T: stay, F or C: end), proof, id, seq, failed, crashed, lost, handler, phase,
-- milliseconds (delay or keep), 1 and the result or 0 and '', count and errors, count and log lines, count and pushes
-- to this and other lines of this server (base, queue, shard, body, due), count and pushes on their way to others
-- (name, entry).
-- Returns the places of the stale ones, counted over all ids as they came, and the external ids that are free now with
-- the ids that had them.
local channel, queue, base = ARGV[1], ARGV[2], ARGV[3]
local stale, freed, wakes = {}, {}, {}
local place, succeeded = 0, 0
local ended, back = false, false
-- By session, how many leases it has less.
local fewer = {}

-- A job that succeeded and leaves nothing but its count.
local function gone(id, f)
  take_out(base, id, f)
  local external = remove(base, id, f)
  if external then
    freed[#freed + 1] = external
    freed[#freed + 1] = id
  end
  succeeded = succeeded + 1
end

local function done(proof, packed)
  local ids = {}
  for i = 1, #packed, 16 do
    ids[#ids + 1] = sub(packed, i, i + 15)
  end
  local states = fetch(base .. ':l', ids)
  local plain, seen = {}, {}
  -- Those of one lease have the same state, letter by letter: its session where it is plain.
  local sessions = {}
  for i, id in ipairs(ids) do
    local l = states[i]
    local session = l and sessions[l]
    if l and session == nil then
      session = false
      if sub(l, 1, #proof) == proof and sub(l, #proof + 1, #proof + 3) == '000' then
        session = session_of(l)
      end
      sessions[l] = session
    end
    if not l or seen[id] then
      stale[#stale + 1] = place
    elseif session then
      plain[#plain + 1] = id
      fewer[session] = (fewer[session] or 0) + 1
    elseif sub(l, 1, #proof) == proof then
      gone(id, words(l))
    else
      stale[#stale + 1] = place
    end
    seen[id] = true
    place = place + 1
  end
  bulk('HDEL', base .. ':l', plain)
  bulk('HDEL', base .. ':b', plain)
  succeeded = succeeded + #plain
  ended = true
end

local at = 4
local function list(width)
  local all = {}
  for i = 1, tonumber(ARGV[at]) * width do
    all[i] = ARGV[at + i]
  end
  at = at + #all + 1
  return all
end

local function settle()
  local what, proof, id, seq = unpack(ARGV, at, at + 3)
  local failed, crashed, lost, handler, phase = unpack(ARGV, at + 4, at + 8)
  local ms, result = tonumber(ARGV[at + 9]), ARGV[at + 10] == '1' and ARGV[at + 11] or nil
  at = at + 12
  local errors, log, pushes, others = list(1), list(1), list(5), list(2)
  local l = call('HGET', base .. ':l', id)
  local f = l and sub(l, 1, #proof) == proof and words(l) or nil
  if not f or (what == 'T' and call('HEXISTS', base .. ':m', f[F.session]) == 0) then
    stale[#stale + 1] = place
    return
  end
  f[F.seq] = seq
  f[F.failed], f[F.crashed], f[F.lost], f[F.handler], f[F.phase] = failed, crashed, lost, handler, phase
  local cancelled = sub(f[F.flags], 3, 3) == '1'
  if what == 'S' and ms == 0 then
    gone(id, f)
  else
    if #errors > 0 then
      remember(base, 'e', id, errors, 100, 10)
    end
    if #log > 0 then
      remember(base, 'l', id, log)
    end
    if result then
      call('HSET', base .. ':h', 'v' .. id, result)
    end
    if #errors > 0 or #log > 0 or result then
      f[F.flags] = sub(f[F.flags], 1, 1) .. '1' .. sub(f[F.flags], 3, 3)
    end
    if what == 'T' then
      write(base, id, f)
    else
      take_out(base, id, f)
      if what == 'S' then
        f[F.expires] = string.format('%.0f', now + ms)
        finish(base, id, f, 'K')
        call('ZADD', base .. ':e', now + ms, id)
        succeeded = succeeded + 1
      elseif what == 'R' and not cancelled then
        wait_until(base, id, f, now + ms)
        back = true
      else
        finish(base, id, f, what == 'R' and 'C' or what)
      end
    end
  end
  ended = ended or (what ~= 'T' and what ~= 'R') or cancelled
  for p = 1, #pushes, 5 do
    insert(pushes[p], pushes[p + 2], { pushes[p + 3] }, { pushes[p + 4] })
    wakes[pushes[p + 1]] = true
  end
  for o = 1, #others, 2 do
    call('HSET', base .. ':o', others[o], moment .. others[o + 1])
  end
end

while at <= #ARGV do
  if ARGV[at] == 'D' then
    done(ARGV[at + 1], ARGV[at + 2])
    at = at + 3
  else
    settle()
    place = place + 1
  end
end
for session, count in pairs(fewer) do
  let_go(base, session, count)
end
if succeeded > 0 then
  call('HINCRBY', base .. ':q', 'succeeded', succeeded)
end
if back then
  wakes[queue] = true
end
for name in pairs(wakes) do
  call('PUBLISH', channel, 'r' .. name)
end
if ended then
  call('PUBLISH', channel, 'f')
end
return { stale, freed }
