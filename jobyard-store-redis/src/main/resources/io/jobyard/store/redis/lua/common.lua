-- What every script of a line starts with. A line is a queue, or one shard of it; its keys share one hash tag:
--   q  hash: seq (the last number given), paused, succeeded, forgotten
--   b  hash: id -> body; its head is text of fixed width, see Body.java, after 16 digits of seq and 13 of the moment
--   l  hash: id -> state of leased jobs; words, see F
--   d  hash: id -> state of the others, but of those that were just pushed and are ready
--   m  hash: session that may hold leases here -> how many it holds; with a dash before it: it may no more
--   x  hash: id -> session, of leased jobs that somebody asked to cancel
--   n  zset: ready, of normal priority and not pinned, by seq: nearly all
--   r  zset: ready, of another priority, all with score 0, so that they sort as text: priority, seq; then the id
--   p  zset: ready and pinned: slot, priority, seq, id      u  hash: slot -> how many are in p
--   s  zset: scheduled, by due time        a  zset: those in r, p and s, by seq
--   f, c, k  zset: failed, cancelled, kept by seq          e  zset: kept by the end of their time
--   h  hash: e/l/v .. id -> errors, log, result            o  hash: pushes to other lines, on their way
-- A seq is text of 16 digits, so that it sorts as it counts: hundred-thousandths of a second since 2026, and the
-- shard in the last two. It grows within the line whatever the clock does, and after a failover that lost the latest.
-- What is done for each of many jobs makes as few Lua strings as it can: they, not the data, are what costs here.
redis.replicate_commands()
local call, sub, byte = redis.call, string.sub, string.byte
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local moment = string.format('%013.0f', now)

local F = { state = 1, fence = 2, token = 3, flags = 4, session = 5, started = 6, run = 7, finished = 8, expires = 9,
  failed = 10, crashed = 11, lost = 12, handler = 13, phase = 14, prio = 15, slot = 16, node = 17, seq = 18 }
local NO_SLOT = '----------'
local NORMAL = '2147483648'
-- More arguments than this do not fit on Lua's stack.
local AT_ONCE = 4000

local function bulk(command, key, args)
  for from = 1, #args, AT_ONCE do
    call(command, key, unpack(args, from, math.min(from + AT_ONCE - 1, #args)))
  end
end

local function fetch(key, fields)
  if #fields <= AT_ONCE then
    return #fields == 0 and {} or call('HMGET', key, unpack(fields))
  end
  local all = {}
  for from = 1, #fields, AT_ONCE do
    local some = call('HMGET', key, unpack(fields, from, math.min(from + AT_ONCE - 1, #fields)))
    for i = 1, #some do
      all[from + i - 1] = some[i]
    end
  end
  return all
end

local function words(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do
    list[#list + 1] = word
  end
  return list
end

local function session_of(state) return string.match(state, '^%S+ %S+ %S+ %S+ (%S+)') end
local function digits(seq) return string.format('%016.0f', tonumber(seq)) end

-- The parts of a body's head.
local function seq_of(body) return sub(body, 1, 16) end
local function pushed_of(body) return sub(body, 17, 29) end
local function has_external(body) return byte(body, 46) == 49 end
local function prio_of(body) return sub(body, 47, 56) end
local function slot_of(body) return sub(body, 57, 66) end
local function size_of(body) return tonumber(sub(body, 67, 76)) end
local function kind_of(body) return sub(body, 85, 84 + tonumber(sub(body, 77, 80))) end
local function external_of(body)
  local kind = tonumber(sub(body, 77, 80))
  return sub(body, 85 + kind, 84 + kind + tonumber(sub(body, 81, 84)))
end
local function without_payload(body) return sub(body, 1, #body - size_of(body)) end

-- The state of a job that was just pushed.
local function fresh(body)
  return { 'W', '0', '-', (has_external(body) and '1' or '0') .. '00', '0', '0', '-', '0', '0', '0', '0', '0', '0', '0',
    prio_of(body), slot_of(body), '-', seq_of(body) }
end

-- When a job could run first.
local function run_of(base, id, f)
  return tonumber(f[F.run] == '-' and pushed_of(call('HGET', base .. ':b', id)) or f[F.run])
end

local function state_of(base, id)
  local body
  local d = call('HGET', base .. ':d', id) or call('HGET', base .. ':l', id)
  if not d then
    body = call('HGET', base .. ':b', id)
    return body and fresh(body) or nil
  end
  local f = words(d)
  if f[F.seq] == '-' then
    f[F.seq] = seq_of(call('HGET', base .. ':b', id))
  end
  return f
end

local function write(base, id, f)
  call('HSET', base .. (f[F.state] == 'R' and ':l' or ':d'), id, table.concat(f, ' '))
end

local function line_up(base, id, f)
  local seq, prio, slot = f[F.seq], f[F.prio], f[F.slot]
  if slot ~= NO_SLOT then
    call('ZADD', base .. ':p', 0, slot .. prio .. seq .. id)
    call('HINCRBY', base .. ':u', slot, 1)
    call('ZADD', base .. ':a', seq, id)
  elseif prio ~= NORMAL then
    call('ZADD', base .. ':r', 0, prio .. seq .. id)
    call('ZADD', base .. ':a', seq, id)
  else
    call('ZADD', base .. ':n', seq, id)
  end
end

local function step_out(base, id, seq, prio, slot)
  if slot ~= NO_SLOT then
    call('ZREM', base .. ':p', slot .. prio .. seq .. id)
    if call('HINCRBY', base .. ':u', slot, -1) <= 0 then
      call('HDEL', base .. ':u', slot)
    end
    call('ZREM', base .. ':a', id)
  elseif prio ~= NORMAL then
    call('ZREM', base .. ':r', prio .. seq .. id)
    call('ZREM', base .. ':a', id)
  else
    call('ZREM', base .. ':n', id)
  end
end

-- Makes ready what is due, the first due first.
local function promote(base, limit)
  local due = call('ZRANGEBYSCORE', base .. ':s', '-inf', now, 'LIMIT', 0, limit)
  if #due == 0 then
    return
  end
  local states = fetch(base .. ':d', due)
  local changed = {}
  bulk('ZREM', base .. ':s', due)
  bulk('ZREM', base .. ':a', due)
  for i, id in ipairs(due) do
    local f = words(states[i])
    f[F.state] = 'W'
    line_up(base, id, f)
    changed[2 * i - 1] = id
    changed[2 * i] = table.concat(f, ' ')
  end
  bulk('HSET', base .. ':d', changed)
end

-- So many leases less of a session, whether it may still hold some or not.
local function let_go(base, session, count)
  local held = base .. ':m'
  if call('HEXISTS', held, session) == 1 then
    call('HINCRBY', held, session, -count)
  elseif call('HINCRBY', held, '-' .. session, -count) <= 0 then
    call('HDEL', held, '-' .. session)
  end
end

local INDEX = { F = ':f', C = ':c', K = ':k' }

-- Takes a job out of whatever its state has it in; its state is to be written anew, or removed.
local function take_out(base, id, f)
  local state = f[F.state]
  if state == 'W' then
    step_out(base, id, f[F.seq], f[F.prio], f[F.slot])
  elseif state == 'S' then
    call('ZREM', base .. ':s', id)
    call('ZREM', base .. ':a', id)
  elseif state == 'R' then
    call('HDEL', base .. ':l', id)
    let_go(base, f[F.session], 1)
    if sub(f[F.flags], 3, 3) == '1' then
      call('HDEL', base .. ':x', id)
    end
  else
    call('ZREM', base .. INDEX[state], id)
    if state == 'K' then
      call('ZREM', base .. ':e', id)
    end
  end
end

-- Puts a job where it waits until a moment, and writes its state.
local function wait_until(base, id, f, due)
  f[F.token] = '-'
  f[F.session] = '0'
  f[F.run] = string.format('%.0f', due)
  f[F.finished] = '0'
  f[F.flags] = sub(f[F.flags], 1, 2) .. '0'
  f[F.node] = '-'
  if due > now then
    f[F.state] = 'S'
    call('ZADD', base .. ':s', due, id)
    call('ZADD', base .. ':a', f[F.seq], id)
  else
    f[F.state] = 'W'
    line_up(base, id, f)
  end
  write(base, id, f)
end

-- Ends a job that stays in the store: F, C or K.
local function finish(base, id, f, state)
  f[F.state] = state
  f[F.token] = '-'
  f[F.session] = '0'
  f[F.finished] = moment
  f[F.flags] = sub(f[F.flags], 1, 2) .. '0'
  f[F.node] = '-'
  call('ZADD', base .. INDEX[state], f[F.seq], id)
  write(base, id, f)
end

-- Removes all that is stored of a job that was taken out; says which external id is free now.
local function remove(base, id, f)
  local external = sub(f[F.flags], 1, 1) == '1' and external_of(call('HGET', base .. ':b', id)) or nil
  if sub(f[F.flags], 2, 2) == '1' then
    call('HDEL', base .. ':h', 'e' .. id, 'l' .. id, 'v' .. id)
  end
  call('HDEL', base .. ':b', id)
  call('HDEL', base .. ':d', id)
  return external
end

-- Adds to a job's history; of too many entries the first and the latest stay.
local function remember(base, field, id, entries, most, first)
  local packed = call('HGET', base .. ':h', field .. id)
  local all = packed and cmsgpack.unpack(packed) or {}
  for _, entry in ipairs(entries) do
    if most and #all >= most then
      table.remove(all, first + 1)
    end
    all[#all + 1] = entry
  end
  call('HSET', base .. ':h', field .. id, cmsgpack.pack(all))
end

-- What the next job's seq begins with.
local function next_tick(base)
  return math.max((clock[1] - 1767225600) * 100000 + math.floor(clock[2] / 10),
    math.floor(tonumber(call('HGET', base .. ':q', 'seq') or '0') / 100) + 1)
end

-- Stores jobs that are not here yet: bodies, and when each is due, '' for now, 'N' .. milliseconds from now, 'A' ..
-- the moment.
local function insert(base, shard, jobs, dues)
  local ids = {}
  for i = 1, #jobs do
    ids[i] = sub(jobs[i], 1, 16)
  end
  local known = fetch(base .. ':b', ids)
  local seen = {}
  local tick = next_tick(base)
  local last
  local bodies, ready = {}, {}
  for i = 1, #jobs do
    local id, job, due = ids[i], jobs[i], dues[i]
    if not known[i] and not seen[id] then
      seen[id] = true
      local seq = string.format('%014.0f', tick) .. shard
      tick = tick + 1
      last = seq
      local body = seq .. moment .. job
      bodies[#bodies + 1] = id
      bodies[#bodies + 1] = body
      local at = now
      if due ~= '' then
        at = tonumber(sub(due, 2)) + (byte(due) == 78 and now or 0)
      end
      if at > now then
        wait_until(base, id, fresh(body), at)
      elseif sub(body, 47, 66) == NORMAL .. NO_SLOT then
        ready[#ready + 1] = seq
        ready[#ready + 1] = id
      else
        line_up(base, id, fresh(body))
      end
    end
  end
  if last then
    bulk('HSET', base .. ':b', bodies)
    bulk('ZADD', base .. ':n', ready)
    call('HSET', base .. ':q', 'seq', last)
  end
end

-- Whether a lease holds: its state begins with the proof.
local function holds(base, id, proof)
  local l = call('HGET', base .. ':l', id)
  return l and sub(l, 1, #proof) == proof
end
