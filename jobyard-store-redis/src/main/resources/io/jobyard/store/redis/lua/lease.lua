-- Hands out jobs of one line. ARGV: base, session, node, count, bytes, tokens (16 characters each), order, how many
-- may be leased here in all (-1: any), worker slots (0: any), the free ones with commas around them, kinds.
-- Returns what it came to (0: paused, 1: asked, 2: the session is not known here), milliseconds until the next is due
-- (-1: none), and for each job: seq, state, body, its errors in the last phase.
local base, session, node = ARGV[1], ARGV[2], ARGV[3]
local count, bytes, tokens, lifo = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7] == 'LIFO'
local most, slots, free = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
-- So many of foreign kinds are looked through at a time, so that the server stays quick for others.
local SCANNED = 20000

if redis.call('HGET', base .. ':q', 'paused') == '1' then
  return { 0, -1 }
end
if redis.call('HEXISTS', base .. ':m', session) == 0 then
  return { 2, -1 }
end
promote(base, math.max(1000, count))
if most >= 0 then
  -- Those of sessions that were ended make room before another node has settled them.
  local held = 0
  for _, member in ipairs(redis.call('HKEYS', base .. ':m')) do
    held = held + redis.call('ZCOUNT', base .. ':l', member, member)
  end
  count = math.min(count, most - held)
end

local function next_due()
  local first = redis.call('ZRANGE', base .. ':s', 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, tonumber(first[2]) - now) or -1
end

-- Goes through those of one key that begin with the prefix, in their order; gives some at a call, none at the end.
local function walk(key, prefix)
  local from, to = '[' .. prefix, '(' .. prefix .. '~'
  if not lifo then
    return function(n)
      local some = redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, n)
      if #some > 0 then
        from = '(' .. some[#some]
      end
      return some
    end
  end
  local head, upto
  return function(n)
    while true do
      if not head then
        local first = redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, 1)
        if #first == 0 then
          return first
        end
        head = prefix .. string.sub(first[1], #prefix + 1, #prefix + 10)
        upto = '(' .. head .. '~'
      end
      local some = redis.call('ZREVRANGEBYLEX', key, upto, '[' .. head, 'LIMIT', 0, n)
      if #some > 0 then
        upto = '(' .. some[#some]
        return some
      end
      from = '(' .. head .. '~'
      head = nil
    end
  end
end

local kinds
for i = 11, #ARGV do
  kinds = kinds or {}
  kinds[ARGV[i]] = true
end

-- The first of one walk that fit the kinds: their places (priority, seq).
local function gather(key, prefix, into)
  local some_more, scanned, found = walk(key, prefix), 0, 0
  while found < count and scanned < SCANNED do
    local some = some_more(math.min(count, 500))
    if #some == 0 then
      return
    end
    scanned = scanned + #some
    local bodies
    if kinds then
      local seqs = {}
      for i, member in ipairs(some) do
        seqs[i] = string.sub(member, -16)
      end
      bodies = fetch(base .. ':b', seqs)
    end
    for i, member in ipairs(some) do
      if found < count and (not kinds or kinds[kind_of(bodies[i])]) then
        found = found + 1
        into[#into + 1] = { string.sub(member, -26), member }
      end
    end
  end
end

local chosen = {}
if count > 0 then
  gather(base .. ':r', '', chosen)
  local pinned = redis.call('HKEYS', base .. ':u')
  for _, slot in ipairs(pinned) do
    local number = tonumber(slot) % math.max(1, slots)
    if slots == 0 or string.find(free, ',' .. number .. ',', 1, true) then
      gather(base .. ':p', slot, chosen)
    end
  end
  if #pinned > 0 then
    table.sort(chosen, function(a, b)
      if lifo and string.sub(a[1], 1, 10) == string.sub(b[1], 1, 10) then
        return a[1] > b[1]
      end
      return a[1] < b[1]
    end)
  end
end

local reply = { 1, -1 }
local states, leased, gone = {}, {}, {}
local taken, at = 0, 1
while at <= #chosen and taken < count do
  local seqs = {}
  for i = at, math.min(at + 99, #chosen) do
    seqs[#seqs + 1] = string.sub(chosen[i][1], 11)
  end
  local bodies, olds = fetch(base .. ':b', seqs), fetch(base .. ':d', seqs)
  for i, seq in ipairs(seqs) do
    local body = bodies[i]
    bytes = bytes - size_of(body)
    if taken == count or (bytes < 0 and taken > 0) then
      count = taken
      break
    end
    local token = string.sub(tokens, 16 * taken + 1, 16 * taken + 16)
    taken = taken + 1
    local d, errors
    if olds[i] then
      local f = words(olds[i])
      f[F.state] = 'R'
      f[F.fence] = string.format('%.0f', f[F.fence] + 1)
      f[F.token] = token
      f[F.session] = session
      f[F.started] = moment
      f[F.node] = node
      if f[F.phase] == '1' then
        local packed = redis.call('HGET', base .. ':h', 'e' .. seq)
        errors = packed and cmsgpack.unpack(packed) or nil
      end
      d = table.concat(f, ' ')
    else
      d = 'R 1 ' .. token .. ' ' .. string.sub(body, 30, 30) .. '00 ' .. session .. ' ' .. moment .. ' '
        .. string.sub(body, 1, 13) .. ' 0 0 0 0 0 0 0 ' .. prio_of(body) .. ' ' .. slot_of(body) .. ' ' .. node
    end
    local member = chosen[at + i - 1][2]
    if #member == 26 then
      gone[#gone + 1] = member
    else
      step_out(base, seq, string.sub(member, 11, 20), string.sub(member, 1, 10))
    end
    states[#states + 1] = seq
    states[#states + 1] = d
    leased[#leased + 1] = session
    leased[#leased + 1] = seq
    reply[#reply + 1] = { seq, d, body, errors or {} }
  end
  at = at + #seqs
end
bulk('HSET', base .. ':d', states)
bulk('ZADD', base .. ':l', leased)
bulk('ZREM', base .. ':r', gone)
if taken < tonumber(ARGV[4]) then
  reply[2] = next_due()
end
return reply
