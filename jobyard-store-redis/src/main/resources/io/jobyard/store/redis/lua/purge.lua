-- Removes kept jobs whose time is over. ARGV: base, how many. Returns how many, and freed external ids as change.lua.
local base, freed = ARGV[1], {}
local over = call('ZRANGEBYSCORE', base .. ':e', '-inf', now, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(over) do
  local f = state_of(base, id)
  take_out(base, id, f)
  local external = remove(base, id, f)
  if external then
    freed[#freed + 1] = external
    freed[#freed + 1] = id
  end
end
return { #over, freed }
