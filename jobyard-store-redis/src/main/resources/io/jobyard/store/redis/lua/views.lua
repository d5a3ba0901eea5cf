-- All that is stored of jobs. ARGV: base, 'id' or 'seq', which. Returns the moment, then for each that is here: seq,
-- body, state ('' if just pushed), errors, log, 1 and the result or 0 and ''.
local base, by, list = ARGV[1], ARGV[2], {}
for i = 3, #ARGV do
  list[#list + 1] = ARGV[i]
end
if by == 'id' then
  local seqs = {}
  for _, seq in ipairs(list[1] and fetch(base .. ':i', list) or {}) do
    if seq then
      seqs[#seqs + 1] = seq
    end
  end
  list = seqs
end
local bodies, states = fetch(base .. ':b', list), fetch(base .. ':d', list)
local reply = { now }
for i, seq in ipairs(list) do
  if bodies[i] then
    local h = base .. ':h'
    local errors, log, result
    if states[i] then
      errors, log, result = unpack(redis.call('HMGET', h, 'e' .. seq, 'l' .. seq, 'v' .. seq))
    end
    reply[#reply + 1] = { seq, bodies[i], states[i] or '', errors and cmsgpack.unpack(errors) or {},
      log and cmsgpack.unpack(log) or {}, result and 1 or 0, result or '' }
  end
end
return reply
