-- Hands out jobs of one line. ARGV: base, session, node, count, bytes, token of this step, order, how many may be
-- leased here in all (-1: any), worker slots (0: any), the free ones with commas around them, where to go on in n and
-- in r when kinds are looked for ('' for the start, 'end' for nowhere), how many at least however large, kinds.
-- Returns what it came to (0: paused, 1: asked, 2: the session is not known here), milliseconds until the next is due
-- (-1: none; -2: there was one, but no room for it), the bodies, the state of those that were never leased before, of the others place, state and errors (in
-- the last phase), and where to go on in n and in r.
local base, session, node = ARGV[1], ARGV[2], ARGV[3]
local count, bytes, token, lifo = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7] == 'LIFO'
local most, slots, free = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
-- So many of foreign kinds are looked through in one step, so that the server stays quick for others.
local SCANNED = 250

if call('HGET', base .. ':q', 'paused') == '1' then
  return { 0, -1 }
end
if call('HEXISTS', base .. ':m', session) == 0 then
  return { 2, -1 }
end
promote(base, math.min(1000, math.max(100, count)))
if most >= 0 then
  -- Those of sessions that were ended make room before another node has settled them.
  local held = 0
  local all = call('HGETALL', base .. ':m')
  for i = 1, #all, 2 do
    if byte(all[i]) ~= 45 then
      held = held + tonumber(all[i + 1])
    end
  end
  count = math.min(count, most - held)
end

local kinds
for i = 14, #ARGV do
  kinds = kinds or {}
  kinds[ARGV[i]] = true
end
local next_n, next_r = 'end', 'end'

-- Chooses among all there are: each as its place (priority, seq), its id, and what it is called in p or r.
local function choose()
  local chosen = {}
  local function add(some, place_of, id_of, member_of)
    local bodies
    if kinds then
      local ids = {}
      for i, member in ipairs(some) do
        ids[i] = id_of(member)
      end
      bodies = fetch(base .. ':b', ids)
    end
    for i, member in ipairs(some) do
      if not kinds or kinds[kind_of(bodies[i])] then
        chosen[#chosen + 1] = { place_of(member), id_of(member), member_of(member) }
      end
    end
  end

  local looked = kinds and SCANNED or count
  local after_n, after_r = ARGV[11], ARGV[12]
  if after_n ~= 'end' then
    local from, to = after_n == '' and '-inf' or '(' .. after_n, '+inf'
    if lifo then
      from, to = after_n == '' and '+inf' or '(' .. after_n, '-inf'
    end
    local some = call(lifo and 'ZREVRANGEBYSCORE' or 'ZRANGEBYSCORE', base .. ':n', from, to, 'WITHSCORES', 'LIMIT', 0,
      looked)
    local normal = {}
    for i = 1, #some, 2 do
      normal[#normal + 1] = { digits(some[i + 1]), some[i] }
    end
    add(normal, function(one) return NORMAL .. one[1] end, function(one) return one[2] end, function() return nil end)
    if kinds and #normal == looked then
      next_n = normal[#normal][1]
    end
  end

  -- Goes through those of one key that begin with the prefix, in their order, from the place given.
  local function walk(key, prefix, after)
    local width = #prefix
    local all, to = {}, '(' .. prefix .. '~'
    if not lifo then
      return call('ZRANGEBYLEX', key, after == '' and '[' .. prefix or '(' .. after, to, 'LIMIT', 0, looked)
    end
    -- The latest of each priority, the priorities upwards.
    local from = '[' .. prefix
    local head = after ~= '' and sub(after, 1, width + 10) or nil
    local upto = head and '(' .. after
    while #all < looked do
      if not head then
        local first = call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, 1)
        if #first == 0 then
          return all
        end
        head = sub(first[1], 1, width + 10)
        upto = '(' .. head .. '~'
      end
      local part = call('ZREVRANGEBYLEX', key, upto, '[' .. head, 'LIMIT', 0, looked - #all)
      for _, member in ipairs(part) do
        all[#all + 1] = member
      end
      from = '(' .. head .. '~'
      head = nil
    end
    return all
  end

  local function id_at_end(member) return sub(member, -16) end
  local function itself(member) return member end
  if after_r ~= 'end' then
    local others = walk(base .. ':r', '', after_r)
    add(others, function(member) return sub(member, 1, 26) end, id_at_end, itself)
    if kinds and #others == looked then
      next_r = others[#others]
    end
  end
  for _, slot in ipairs(call('HKEYS', base .. ':u')) do
    local number = tonumber(slot) % math.max(1, slots)
    if slots == 0 or string.find(free, ',' .. number .. ',', 1, true) then
      add(walk(base .. ':p', slot, ''), function(member) return sub(member, 11, 36) end, id_at_end, itself)
    end
  end
  table.sort(chosen, function(a, b)
    if lifo and sub(a[1], 1, 10) == sub(b[1], 1, 10) then
      return a[1] > b[1]
    end
    return a[1] < b[1]
  end)
  return chosen
end

-- Nearly always all that waits is in n, and the first of it are the ones.
local chosen
local ids = {}
if count > 0 then
  if kinds or call('EXISTS', base .. ':r', base .. ':p') > 0 then
    chosen = choose()
    for i = 1, math.min(count, #chosen) do
      ids[i] = chosen[i][2]
    end
  else
    ids = call(lifo and 'ZREVRANGE' or 'ZRANGE', base .. ':n', 0, count - 1)
  end
end

-- How many of the first so many fit.
local function fitting(bodies)
  local left, least = bytes, tonumber(ARGV[13])
  for i, body in ipairs(bodies) do
    left = left - size_of(body)
    if left < 0 and i > least then
      return i - 1
    end
  end
  return #bodies
end

-- No more than a hundred at a time, for they may be large.
local bodies, sum, taken = {}, 0, 0
for from = 1, #ids, 100 do
  for i, body in ipairs(call('HMGET', base .. ':b', unpack(ids, from, math.min(from + 99, #ids)))) do
    bodies[from + i - 1] = body
    sum = sum + #body
  end
  taken = #bodies
  if sum > bytes then
    -- Only now it pays to look at each.
    taken = fitting(bodies)
    if taken < #bodies then
      break
    end
  end
end
local cut = taken < #ids
for i = #ids, taken + 1, -1 do
  ids[i], bodies[i] = nil, nil
end
local olds = fetch(base .. ':d', ids)

local function leased(flags, prio, slot)
  return 'R 1 ' .. token .. ' ' .. flags .. ' ' .. session .. ' ' .. moment .. ' - 0 0 0 0 0 0 0 ' .. prio .. ' ' .. slot
    .. ' ' .. node .. ' -'
end
local plain = leased('000', NORMAL, NO_SLOT)
local states, again, left = {}, {}, {}
for i = 1, taken do
  local id, body, state = ids[i], bodies[i], plain
  if olds[i] then
    local f = words(olds[i])
    f[F.state] = 'R'
    f[F.fence] = string.format('%.0f', f[F.fence] + 1)
    f[F.token] = token
    f[F.session] = session
    f[F.started] = moment
    f[F.node] = node
    local errors
    if f[F.phase] == '1' then
      local packed = call('HGET', base .. ':h', 'e' .. id)
      errors = packed and cmsgpack.unpack(packed) or nil
    end
    state = table.concat(f, ' ')
    left[#left + 1] = id
    again[#again + 1] = { i - 1, state, errors or {} }
  elseif chosen or has_external(body) then
    local f = fresh(body)
    state = leased(f[F.flags], f[F.prio], f[F.slot])
  end
  states[2 * i - 1] = id
  states[2 * i] = state
end
if taken > 0 then
  bulk('HSET', base .. ':l', states)
  bulk('HDEL', base .. ':d', left)
  call('HINCRBY', base .. ':m', session, taken)
  if not chosen then
    if lifo then
      call('ZREMRANGEBYRANK', base .. ':n', -taken, -1)
    else
      call('ZREMRANGEBYRANK', base .. ':n', 0, taken - 1)
    end
  else
    local normal = {}
    for i = 1, taken do
      local place, id, member = chosen[i][1], chosen[i][2], chosen[i][3]
      if not member then
        normal[#normal + 1] = id
      else
        local slot = #member == 52 and sub(member, 1, 10) or NO_SLOT
        step_out(base, id, sub(place, 11), sub(place, 1, 10), slot)
      end
    end
    bulk('ZREM', base .. ':n', normal)
  end
end
local due = -1
if cut then
  due = -2
elseif taken < tonumber(ARGV[4]) then
  local first = call('ZRANGE', base .. ':s', 0, 0, 'WITHSCORES')
  due = first[2] and math.max(0, tonumber(first[2]) - now) or -1
end
return { 1, due, bodies, plain, again, next_n, next_r }
