-- Counts of one line. ARGV: base. Returns paused, ready, scheduled, leased, succeeded, failed, cancelled, forgotten,
-- and how long the oldest ready one has waited (-1: none waits).
local base = ARGV[1]
local q = call('HMGET', base .. ':q', 'paused', 'succeeded', 'forgotten')
local function size(key) return call('ZCARD', base .. key) end
local due = call('ZCOUNT', base .. ':s', '-inf', now)

-- The oldest are the first of each priority, give or take some that came back.
local since
local function seen(id)
  local run = run_of(base, id, state_of(base, id))
  since = since and math.min(since, run) or run
end
local function look(key, prefix)
  local from, priorities = '[' .. prefix, 0
  while priorities < 50 do
    local some = call('ZRANGEBYLEX', base .. key, from, '(' .. prefix .. '~', 'LIMIT', 0, 10)
    if #some == 0 then
      return
    end
    local head = sub(some[1], 1, #prefix + 10)
    for _, member in ipairs(some) do
      if sub(member, 1, #head) == head then
        seen(sub(member, -16))
      end
    end
    from = '(' .. head .. '~'
    priorities = priorities + 1
  end
end
for _, id in ipairs(call('ZRANGE', base .. ':n', 0, 9)) do
  seen(id)
end
look(':r', '')
local pinned = call('HKEYS', base .. ':u')
for i = 1, math.min(#pinned, 50) do
  look(':p', pinned[i])
end
if due > 0 then
  local run = tonumber(call('ZRANGE', base .. ':s', 0, 0, 'WITHSCORES')[2])
  since = since and math.min(since, run) or run
end
return { q[1] == '1' and 1 or 0, size(':n') + size(':r') + size(':p') + due, size(':s') - due, call('HLEN', base .. ':l'),
  tonumber(q[2] or '0'), size(':f'), size(':c'), tonumber(q[3] or '0'), since and math.max(0, now - since) or -1 }
