-- Takes waiting jobs over from another store. ARGV: channel, queue, base, shard; then for each: body, the moment it was
-- pushed (13 digits), when it may run, when it last started (0: never), fence, failed, crashed, lost, handler, phase, count and errors, count and log.
-- Returns how many were not here yet.
local channel, queue, base, shard = unpack(ARGV, 1, 4)
local at, new = 5, 0
local function list()
  local some = {}
  for i = 1, tonumber(ARGV[at]) do
    some[i] = ARGV[at + i]
  end
  at = at + #some + 1
  return some
end
while at <= #ARGV do
  local body, run, started, fence = ARGV[at + 1] .. ARGV[at], tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 4]
  local failed, crashed, lost, handler, phase = unpack(ARGV, at + 5, at + 9)
  at = at + 10
  local errors, log = list(), list()
  if redis.call('HEXISTS', base .. ':i', id_of(body)) == 0 then
    local seq = string.format('%014.0f', next_tick(base)) .. shard
    redis.call('HSET', base .. ':q', 'seq', seq)
    redis.call('HSET', base .. ':b', seq, body)
    redis.call('HSET', base .. ':i', id_of(body), seq)
    redis.call('ZADD', base .. ':a', seq, seq)
    local f = fresh(body)
    f[F.fence], f[F.started] = fence, started
    f[F.failed], f[F.crashed], f[F.lost], f[F.handler], f[F.phase] = failed, crashed, lost, handler, phase
    if #errors > 0 then
      remember(base, 'e', seq, errors, 100, 10)
    end
    if #log > 0 then
      remember(base, 'l', seq, log)
    end
    if #errors + #log > 0 then
      f[F.flags] = string.sub(f[F.flags], 1, 1) .. '10'
    end
    wait_until(base, seq, f, run)
    new = new + 1
  end
end
if new > 0 then
  redis.call('PUBLISH', channel, 'r' .. queue)
end
return { new }
