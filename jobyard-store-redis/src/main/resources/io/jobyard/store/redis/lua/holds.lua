-- Whether a lease of this line holds. ARGV: base, id, proof.
return { holds(ARGV[1], ARGV[2], ARGV[3]) and 1 or 0 }
