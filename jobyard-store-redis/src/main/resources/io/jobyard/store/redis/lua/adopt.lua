-- Takes waiting jobs over from another store. ARGV: channel, queue, base, shard; then for each: body, the moment it was
-- pushed (13 digits), when it may run, when it last started (0: never), fence, failed, crashed, lost, handler, phase,
-- count and errors, count and log. Returns how many were not here yet.
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
  local job, pushed, run, started, fence = unpack(ARGV, at, at + 4)
  local failed, crashed, lost, handler, phase = unpack(ARGV, at + 5, at + 9)
  at = at + 10
  local errors, log = list(), list()
  local id = sub(job, 1, 16)
  if call('HEXISTS', base .. ':b', id) == 0 then
    local seq = string.format('%014.0f', next_tick(base)) .. shard
    local body = seq .. pushed .. job
    call('HSET', base .. ':q', 'seq', seq)
    call('HSET', base .. ':b', id, body)
    local f = fresh(body)
    f[F.fence], f[F.started] = fence, started
    f[F.failed], f[F.crashed], f[F.lost], f[F.handler], f[F.phase] = failed, crashed, lost, handler, phase
    if #errors > 0 then
      remember(base, 'e', id, errors, 100, 10)
    end
    if #log > 0 then
      remember(base, 'l', id, log)
    end
    if #errors + #log > 0 then
      f[F.flags] = sub(f[F.flags], 1, 1) .. '10'
    end
    wait_until(base, id, f, tonumber(run))
    new = new + 1
  end
end
if new > 0 then
  call('PUBLISH', channel, 'r' .. queue)
end
return { new }
