-- Whether a lease of this line holds. ARGV: base, seq, id, proof.
return { holds(ARGV[1], ARGV[2], ARGV[3], ARGV[4]) and 1 or 0 }
