-- All that is stored of jobs. ARGV: base, ids. Returns the moment, then for each that is here: body, state ('' if just
-- pushed), errors, log, 1 and the result or 0 and ''.
local base, ids = ARGV[1], {}
for i = 2, #ARGV do
  ids[#ids + 1] = ARGV[i]
end
local bodies, states, leased = fetch(base .. ':b', ids), fetch(base .. ':d', ids), fetch(base .. ':l', ids)
local reply = { now }
for i, id in ipairs(ids) do
  if bodies[i] then
    local state = states[i] or leased[i]
    local errors, log, result
    if state then
      errors, log, result = unpack(call('HMGET', base .. ':h', 'e' .. id, 'l' .. id, 'v' .. id))
    end
    reply[#reply + 1] = { bodies[i], state or '', errors and cmsgpack.unpack(errors) or {},
      log and cmsgpack.unpack(log) or {}, result and 1 or 0, result or '' }
  end
end
return reply
