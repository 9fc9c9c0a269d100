#! plan --topo 1n1l1c1t
#! plan --topo 1n1l2c1t
#! plan --topo 1n2l2c1t
#! plan --topo 1n3l3c1t
#! plan --topo 2n4l4c2t
# The partitions of the standard library, by the formulas that they are defined with.
use "std/partitions"

scenario none { split_none(3, 1); hold 10ms }
scenario llcs { split_llcs(2, 1); hold 10ms }
scenario llcs_of_three { split_llcs(3, 1); hold 10ms }
scenario half { split_half(1, mixed, one); hold 10ms }
scenario misaligned { split_misaligned(1); hold 10ms }
scenario uneven { split_uneven(75%, 1); hold 10ms }
scenario holdback { split_holdback(33%, 1); hold 10ms }
scenario overlapping { split_overlap(3, 50%, 1); hold 10ms }
scenario overlapping_a_fifth { split_overlap(4, 20%, 1); hold 10ms }
# There are two parts; every further one is empty.
scenario third_half { cgroup cg { cpus = half_part(2) }; hold 10ms }
