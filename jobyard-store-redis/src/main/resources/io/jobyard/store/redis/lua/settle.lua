-- Writes what became of leased jobs of one line. ARGV: channel, queue, base; then for each settlement:
-- what (D: done, S: succeeded, R: return, T: stay, F or C: end), seq, id, proof, and unless D: failed, crashed, lost,
-- handler, phase, milliseconds (delay or keep), 1 and the result or 0 and '', count and errors, count and log lines,
-- count and pushes to this and other lines of this server (base, queue, shard, body, mode, milliseconds), count and
-- pushes on their way to others (name, entry).
-- Returns the places of the stale ones, and the external ids that are free now with the ids that had them.
local channel, queue, base = ARGV[1], ARGV[2], ARGV[3]
local at = 4
local stale, freed, wakes = {}, {}, {}

local items, seqs, ids = {}, {}, {}
local function count_of(width)
  local count = tonumber(ARGV[at])
  at = at + 1
  local list = {}
  for i = 1, count * width do
    list[i] = ARGV[at]
    at = at + 1
  end
  return list
end
while at <= #ARGV do
  local item = { what = ARGV[at], seq = ARGV[at + 1], id = ARGV[at + 2], proof = ARGV[at + 3] }
  at = at + 4
  if item.what ~= 'D' then
    item.failed, item.crashed, item.lost, item.handler = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    item.phase, item.ms = ARGV[at + 4], tonumber(ARGV[at + 5])
    item.result = ARGV[at + 6] == '1' and ARGV[at + 7] or nil
    at = at + 8
    item.errors, item.log, item.pushes, item.others = count_of(1), count_of(1), count_of(6), count_of(2)
  end
  items[#items + 1] = item
  seqs[#seqs + 1] = item.seq
  ids[#ids + 1] = item.id
end

local states, known = fetch(base .. ':d', seqs), fetch(base .. ':i', ids)
local done, ended, back = {}, false, false
local done_ids = {}
local settled = {}
local succeeded = 0
for n, item in ipairs(items) do
  local seq = item.seq
  -- Of two for one lease the second sees what the first made of it.
  local d = states[n]
  if settled[seq] then
    d = redis.call('HGET', base .. ':d', seq)
  end
  local valid = d and known[n] == seq and not done[seq] and string.sub(d, 1, #item.proof) == item.proof
  if valid and item.what == 'D' and string.sub(d, #item.proof + 1, #item.proof + 2) == '00' then
    done[seq] = true
    done[#done + 1] = seq
    done_ids[#done_ids + 1] = item.id
    succeeded = succeeded + 1
  elseif valid then
    local f = words(d)
    if item.what == 'T' and redis.call('HEXISTS', base .. ':m', f[F.session]) == 0 then
      valid = false
    else
      settled[seq] = true
      if item.what ~= 'D' then
        f[F.failed], f[F.crashed], f[F.lost], f[F.handler] = item.failed, item.crashed, item.lost, item.handler
        f[F.phase] = item.phase
      end
      local cancelled = string.sub(f[F.flags], 3, 3) == '1'
      local gone = item.what == 'D' or (item.what == 'S' and item.ms == 0)
      if gone then
        redis.call('ZREM', base .. ':l', seq)
        local external, id = remove(base, seq, f)
        done[seq] = true
        succeeded = succeeded + 1
        if external then
          freed[#freed + 1] = external
          freed[#freed + 1] = id
        end
      else
        if #item.errors > 0 then
          remember(base, 'e', seq, item.errors, 100, 10)
        end
        if #item.log > 0 then
          remember(base, 'l', seq, item.log)
        end
        if item.result then
          redis.call('HSET', base .. ':h', 'v' .. seq, item.result)
        end
        if #item.errors > 0 or #item.log > 0 or item.result then
          f[F.flags] = string.sub(f[F.flags], 1, 1) .. '1' .. string.sub(f[F.flags], 3, 3)
        end
        if item.what == 'T' then
          write(base, seq, f)
        else
          redis.call('ZREM', base .. ':l', seq)
          if item.what == 'S' then
            f[F.expires] = string.format('%.0f', now + item.ms)
            finish(base, seq, f, 'K')
            redis.call('ZADD', base .. ':e', now + item.ms, seq)
            succeeded = succeeded + 1
          elseif item.what == 'R' and not cancelled then
            wait_until(base, seq, f, now + item.ms)
            back = true
          else
            finish(base, seq, f, item.what == 'R' and 'C' or item.what)
          end
        end
      end
      ended = ended or (item.what ~= 'T' and item.what ~= 'R') or cancelled
      if item.pushes then
        for p = 1, #item.pushes, 6 do
          local to = item.pushes
          insert(to[p], to[p + 2], { { to[p + 3], to[p + 4], to[p + 5] } })
          wakes[to[p + 1]] = true
        end
        for o = 1, #item.others, 2 do
          redis.call('HSET', base .. ':o', item.others[o], moment .. item.others[o + 1])
        end
      end
    end
  end
  if not valid then
    stale[#stale + 1] = n - 1
  end
end
bulk('ZREM', base .. ':l', done)
bulk('HDEL', base .. ':d', done)
bulk('HDEL', base .. ':b', done)
bulk('ZREM', base .. ':a', done)
bulk('HDEL', base .. ':i', done_ids)
if succeeded > 0 then
  redis.call('HINCRBY', base .. ':q', 'succeeded', succeeded)
end
if back then
  wakes[queue] = true
end
for name in pairs(wakes) do
  redis.call('PUBLISH', channel, 'r' .. name)
end
if ended or #done > 0 then
  redis.call('PUBLISH', channel, 'f')
end
return { stale, freed }
