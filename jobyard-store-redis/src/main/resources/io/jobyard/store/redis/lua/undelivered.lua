-- The pushes to other lines that have been on their way for too long: name, entry and so on.
-- ARGV: base, milliseconds.
local late = {}
local some = call('HSCAN', ARGV[1] .. ':o', 0, 'COUNT', 100)[2]
for i = 1, #some, 2 do
  if tonumber(sub(some[i + 1], 1, 13)) + tonumber(ARGV[2]) <= now then
    late[#late + 1] = some[i]
    late[#late + 1] = sub(some[i + 1], 14)
  end
end
return late
