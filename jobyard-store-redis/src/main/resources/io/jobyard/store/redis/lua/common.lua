-- What every script of a line starts with. A line is a queue, or one shard of it; its keys share one hash tag:
--   q  hash: seq (the last number given), paused, succeeded, forgotten
--   b  hash: seq -> body, as pushed; its head is text of fixed width, see Body.java, after 13 digits of the moment
--   d  hash: seq -> state, only of jobs that are not just pushed and ready; words, see F
--   i  hash: id -> seq          a  zset: every job by seq
--   r  zset: ready, all with score 0, so that they sort as text: priority, seq (a double could not hold both)
--   p  zset: ready and pinned: slot, priority, seq        u  hash: slot -> how many are in p
--   s  zset: scheduled by due time       l  zset: leased by session     m  hash: sessions that may hold leases here
--   f, c, k  zset: failed, cancelled, kept by seq         e  zset: kept by the end of their time
--   h  hash: e/l/v .. seq -> errors, log, result          o  hash: pushes to other lines, on their way
-- A seq is text of 16 digits, so that it sorts as it counts: hundred-thousandths of a second since 2026, and the
-- shard in the last two. It grows within the line whatever the clock does, and after a failover that lost the latest.
redis.replicate_commands()
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local moment = string.format('%013.0f', now)

local F = { state = 1, fence = 2, token = 3, flags = 4, session = 5, started = 6, run = 7, finished = 8, expires = 9,
  failed = 10, crashed = 11, lost = 12, handler = 13, phase = 14, prio = 15, slot = 16, node = 17 }
local NO_SLOT = '----------'
local AT_ONCE = 4000

local function bulk(command, key, args)
  for from = 1, #args, AT_ONCE do
    redis.call(command, key, unpack(args, from, math.min(from + AT_ONCE - 1, #args)))
  end
end

local function fetch(key, fields)
  if #fields <= AT_ONCE then
    return #fields == 0 and {} or redis.call('HMGET', key, unpack(fields))
  end
  local all = {}
  for from = 1, #fields, AT_ONCE do
    local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + AT_ONCE - 1, #fields)))
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

-- The parts of a body's head.
local function id_of(body) return string.sub(body, 14, 29) end
local function prio_of(body) return string.sub(body, 31, 40) end
local function slot_of(body) return string.sub(body, 41, 50) end
local function size_of(body) return tonumber(string.sub(body, 51, 60)) end
local function kind_of(body) return string.sub(body, 69, 68 + tonumber(string.sub(body, 61, 64))) end
local function external_of(body)
  local kind = tonumber(string.sub(body, 61, 64))
  return string.sub(body, 69 + kind, 68 + kind + tonumber(string.sub(body, 65, 68)))
end

-- The state of a job that was just pushed.
local function fresh(body)
  return { 'W', '0', '-', string.sub(body, 30, 30) .. '00', '0', '0', string.sub(body, 1, 13), '0', '0', '0', '0', '0',
    '0', '0', prio_of(body), slot_of(body), '-' }
end

local function state_of(base, seq)
  local d = redis.call('HGET', base .. ':d', seq)
  if d then
    return words(d)
  end
  local body = redis.call('HGET', base .. ':b', seq)
  return body and fresh(body) or nil
end

local function write(base, seq, f)
  redis.call('HSET', base .. ':d', seq, table.concat(f, ' '))
end

local function line_up(base, seq, prio, slot)
  if slot == NO_SLOT then
    redis.call('ZADD', base .. ':r', 0, prio .. seq)
  else
    redis.call('ZADD', base .. ':p', 0, slot .. prio .. seq)
    redis.call('HINCRBY', base .. ':u', slot, 1)
  end
end

local function step_out(base, seq, prio, slot)
  if slot == NO_SLOT then
    redis.call('ZREM', base .. ':r', prio .. seq)
  else
    redis.call('ZREM', base .. ':p', slot .. prio .. seq)
    if redis.call('HINCRBY', base .. ':u', slot, -1) <= 0 then
      redis.call('HDEL', base .. ':u', slot)
    end
  end
end

-- Makes ready what is due, the first due first.
local function promote(base, limit)
  local due = redis.call('ZRANGEBYSCORE', base .. ':s', '-inf', now, 'LIMIT', 0, limit)
  if #due == 0 then
    return
  end
  local states = fetch(base .. ':d', due)
  local changed = {}
  for i, seq in ipairs(due) do
    local f = words(states[i])
    f[F.state] = 'W'
    line_up(base, seq, f[F.prio], f[F.slot])
    changed[2 * i - 1] = seq
    changed[2 * i] = table.concat(f, ' ')
  end
  bulk('HSET', base .. ':d', changed)
  bulk('ZREM', base .. ':s', due)
end

local INDEX = { F = ':f', C = ':c', K = ':k' }

-- Takes a job out of whatever its state has it in; writes no state.
local function take_out(base, seq, f)
  local state = f[F.state]
  if state == 'W' then
    step_out(base, seq, f[F.prio], f[F.slot])
  elseif state == 'S' then
    redis.call('ZREM', base .. ':s', seq)
  elseif state == 'R' then
    redis.call('ZREM', base .. ':l', seq)
  else
    redis.call('ZREM', base .. INDEX[state], seq)
    if state == 'K' then
      redis.call('ZREM', base .. ':e', seq)
    end
  end
end

-- Puts a job where it waits until a moment, and writes its state.
local function wait_until(base, seq, f, due)
  f[F.token] = '-'
  f[F.session] = '0'
  f[F.run] = string.format('%.0f', due)
  f[F.finished] = '0'
  f[F.flags] = string.sub(f[F.flags], 1, 2) .. '0'
  f[F.node] = '-'
  if due > now then
    f[F.state] = 'S'
    redis.call('ZADD', base .. ':s', due, seq)
  else
    f[F.state] = 'W'
    line_up(base, seq, f[F.prio], f[F.slot])
  end
  write(base, seq, f)
end

-- Ends a job that stays in the store: F, C or K.
local function finish(base, seq, f, state)
  f[F.state] = state
  f[F.token] = '-'
  f[F.session] = '0'
  f[F.finished] = moment
  f[F.flags] = string.sub(f[F.flags], 1, 2) .. '0'
  f[F.node] = '-'
  redis.call('ZADD', base .. INDEX[state], seq, seq)
  write(base, seq, f)
end

-- Removes all that is stored of a job that was taken out; says which external id is free now.
local function remove(base, seq, f)
  local body = redis.call('HGET', base .. ':b', seq)
  local external = string.sub(f[F.flags], 1, 1) == '1' and external_of(body) or nil
  if string.sub(f[F.flags], 2, 2) == '1' then
    redis.call('HDEL', base .. ':h', 'e' .. seq, 'l' .. seq, 'v' .. seq)
  end
  redis.call('HDEL', base .. ':i', id_of(body))
  redis.call('HDEL', base .. ':b', seq)
  redis.call('HDEL', base .. ':d', seq)
  redis.call('ZREM', base .. ':a', seq)
  return external, id_of(body)
end

-- Adds to a job's history; of too many entries the first and the latest stay.
local function remember(base, field, seq, entries, most, first)
  local packed = redis.call('HGET', base .. ':h', field .. seq)
  local all = packed and cmsgpack.unpack(packed) or {}
  for _, entry in ipairs(entries) do
    if most and #all >= most then
      table.remove(all, first + 1)
    end
    all[#all + 1] = entry
  end
  redis.call('HSET', base .. ':h', field .. seq, cmsgpack.pack(all))
end

-- What the next job's seq begins with.
local function next_tick(base)
  return math.max((clock[1] - 1767225600) * 100000 + math.floor(clock[2] / 10),
    math.floor(tonumber(redis.call('HGET', base .. ':q', 'seq') or '0') / 100) + 1)
end

-- Stores jobs that are not here yet; each is {body, 'N' or 'A', milliseconds}: in so long, or at the moment.
local function insert(base, shard, jobs)
  local ids = {}
  for i, job in ipairs(jobs) do
    ids[i] = string.sub(job[1], 1, 16)
  end
  local known = fetch(base .. ':i', ids)
  local seen = {}
  local tick = next_tick(base)
  local last
  local bodies, numbers, all, ready = {}, {}, {}, {}
  for i, job in ipairs(jobs) do
    if not known[i] and not seen[ids[i]] then
      seen[ids[i]] = true
      local seq = string.format('%014.0f', tick) .. shard
      tick = tick + 1
      last = seq
      local body = moment .. job[1]
      bodies[#bodies + 1] = seq
      bodies[#bodies + 1] = body
      numbers[#numbers + 1] = ids[i]
      numbers[#numbers + 1] = seq
      all[#all + 1] = seq
      all[#all + 1] = seq
      local due = tonumber(job[3])
      if job[2] == 'N' then
        due = now + due
      end
      if due > now then
        wait_until(base, seq, fresh(body), due)
      elseif slot_of(body) == NO_SLOT then
        ready[#ready + 1] = '0'
        ready[#ready + 1] = prio_of(body) .. seq
      else
        line_up(base, seq, prio_of(body), slot_of(body))
      end
    end
  end
  if last then
    bulk('HSET', base .. ':b', bodies)
    bulk('HSET', base .. ':i', numbers)
    bulk('ZADD', base .. ':a', all)
    bulk('ZADD', base .. ':r', ready)
    redis.call('HSET', base .. ':q', 'seq', last)
  end
end

-- Whether a lease holds: its state begins with the proof, and its id is this one.
local function holds(base, seq, id, proof)
  local d = redis.call('HGET', base .. ':d', seq)
  return d and string.sub(d, 1, #proof) == proof and redis.call('HGET', base .. ':i', id) == seq
end
