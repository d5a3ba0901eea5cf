-- Keeps pushes to other lines beside their parent, if its lease holds, until they were delivered.
-- ARGV: base, id, proof, then name, entry and so on.
if not holds(ARGV[1], ARGV[2], ARGV[3]) then
  return { 0 }
end
for i = 4, #ARGV, 2 do
  call('HSET', ARGV[1] .. ':o', ARGV[i], moment .. ARGV[i + 1])
end
return { 1 }
