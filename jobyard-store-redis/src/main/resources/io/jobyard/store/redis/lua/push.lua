-- Stores jobs of one line, or of several where one server has them all, if the lease of their parent holds.
-- ARGV: channel, parent's line ('' for none), its id, proof; then for each line: base, queue, shard, count and count
-- times body and when it is due, see insert. Returns 1, or 0 if the lease is stale.
local channel = ARGV[1]
if ARGV[2] ~= '' and not holds(ARGV[2], ARGV[3], ARGV[4]) then
  return { 0 }
end
local at = 5
while at <= #ARGV do
  local base, queue, shard, count = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  local jobs, dues = {}, {}
  for i = 1, count do
    jobs[i], dues[i] = ARGV[at], ARGV[at + 1]
    at = at + 2
  end
  insert(base, shard, jobs, dues)
  call('PUBLISH', channel, 'r' .. queue)
end
return { 1 }
