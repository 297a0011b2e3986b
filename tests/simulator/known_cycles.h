// tests/simulator/known_cycles.h - cases whose cycles were counted by hand: of
// tests/simulator/programs cases.S for the Cortex-M4 (DDI 0439: table 3-1, section 3.3.3 and table
// 7-1) and of cases_m7.S for the Cortex-M7 (rules of dual_issue.h). Every figure of a core decides
// at least one of them (core_figures_test.cpp).
#pragma once
#include <cstdint>

namespace opline::simulator::testing {

struct KnownCycles {
  const char* name;
  unsigned cycles;
  const char* count;
  std::uint32_t r0 = 0, r2 = 0, r3 = 0;  ///< Before the case.
};

inline constexpr KnownCycles kCortexM4Cycles[] = {
    {"t_nops", 10, "10 x 1"},
    {"t_load", 2, "2"},
    {"t_three_loads", 4, "2 + 1 + 1: pipelined"},
    {"t_chased_load", 4, "2 + 2: the first loads the second's address"},
    {"t_load_after_update", 4, "2 + 2: write-back is not pipelined"},
    {"t_store_load", 4, "(1 + 1) + 2: nothing is pipelined after a store"},
    {"t_load_store", 2, "1 + 1: pipelined"},
    {"t_three_stores", 3, "1 each"},
    {"t_store_register", 2, "2"},
    {"t_load_store_register", 3, "1 + 2: pipelined"},
    {"t_store_ldm", 5, "(1 + 1) + (1 + 2)"},
    {"t_two_bases", 3, "1 + 2: pipelined, the second has another base"},
    {"t_stores_one_base", 3, "(1 + 1) + 1: the second uses the base that the first writes"},
    {"t_load_nop", 2, "1 + 1: the NOP is absorbed"},
    {"t_address_dependency", 4, "1 + 1 stall + 2"},
    {"t_no_address_dependency", 3, "1 + 2"},
    {"t_ldm", 5, "1 + 4"},
    {"t_push_pop", 10, "(1 + 4) + (1 + 4)"},
    {"t_ldrd", 3, "1 + 2"},
    {"t_strd", 3, "1 + 2"},
    {"t_branch", 2, "1 + refill 1"},
    {"t_not_taken", 2, "1 + 1"},
    {"t_loop", 30, "1 + 10 x 1 + 9 x (1 + 1) + 1"},
    {"t_call", 7, "2 + 2 + 3: the return goes to a register"},
    {"t_cbz", 3, "1 + 1 + 1"},
    {"t_it_folded", 2, "1 + 0 + 1"},
    {"t_it_not_folded", 3, "1 + 1 + 1"},
    {"t_it_skipped", 3, "1 + 0 + 1 + 1: skipped instructions take one"},
    {"t_multiplies", 5, "1 each"},
    {"t_divide_long", 14, "1 + 1 + 12"},
    {"t_divide_short", 4, "1 + 1 + 2: the quotient is empty"},
    {"t_divide_typical", 8, "1 + 1 + 6: 12 bits of quotient"},
    {"t_unaligned_word", 3, "2 + 1"},
    {"t_unaligned_bytes", 4, "2 + 2"},
    {"t_unaligned_half", 3, "2 + 1"},
    {"t_table", 8, "1 + 6 + 1"},
    {"t_load_pc", 8, "1 + (1 + 1) + 5"},
    {"t_straddled_target", 4, "1 + refill 1 + 1, and 1"},
    {"t_fetch_bubble", 8, "2 + 1 bubble + 3 x 1 + 2"},
    {"t_vmov_address", 5, "1 + 1 + 1 stall + 2"},
    {"t_pop_pc", 7, "1 + (1 + 1) + (1 + 1 + refill 2)"},
    {"t_float_independent", 2, "1 + 1"},
    {"t_float_dependent", 3, "1 + 1 stall + 1"},
    {"t_float_mla", 6, "3 + 3"},
    {"t_float_divide", 28, "14 + 14"},
    {"t_float_load", 5, "2 + 3"},
    {"t_float_store", 5, "2 + 3"},
    {"t_float_multiple", 5, "1 + 4"},
    {"t_float_move", 3, "1 + 2"},
    {"t_isb", 4, "1 + refill 2 + 1"},
};

/// From an empty pipeline, where code and branches are known. The first instruction issues in cycle
/// 1. The BKPT counts: beside the last instruction where it can, else after it.
inline constexpr KnownCycles kCortexM7Cycles[] = {
    {"m_nops", 6, "two per cycle: 5, and the BKPT"},
    {"m_adds", 3, "two per cycle: 2, and the BKPT"},
    {"m_adds_chained", 3, "the second beside the first, which runs in EX1; then one per cycle"},
    {"m_eors_chained", 4, "one per cycle"},
    {"m_load_use", 2, "a word is there for the ALU in the next cycle"},
    {"m_load_use_byte", 3, "a byte one cycle later"},
    {"m_load_address", 4, "an address needs it two cycles earlier"},
    {"m_load_multiply", 3, "a multiplier operand comes one cycle later"},
    {"m_accumulate", 4, "accumulations chain every cycle"},
    {"m_multiply_use", 3, "2 for the product"},
    {"m_multiply_store", 3, "no store beside a multiply, nor beside a store: 1, 2, 3"},
    {"m_loads_two_banks", 3, "two per cycle: 2, and the BKPT"},
    {"m_loads_one_bank", 4, "one per cycle"},
    {"m_unaligned_load", 4, "1 + 3"},
    {"m_stores", 3, "one per cycle"},
    {"m_store_loaded", 2, "both in cycle 1, and the BKPT"},
    {"m_store_loaded_byte", 2, "both in cycle 1, the NOP and the BKPT in the next"},
    {"m_extends", 3, "one per cycle, never the younger"},
    {"m_saturate_use", 3, "2 for the saturated value"},
    {"m_shifted", 3, "one shifter"},
    {"m_shifted_early", 3, "a shifted operand is needed in EX1"},
    {"m_push_pop", 5, "two words per cycle, alone: 1 to 2, 3 to 4"},
    {"m_divide", 13, "a quotient of 32 bits: 12", 0, 0xFFFFFFFF, 1},
    {"m_divide", 4, "an empty quotient: 3", 0, 1, 2},
    {"m_loop", 19, "10 rounds of one cycle, 8 for the mispredicted exit, the BKPT", 10},
    {"m_branch_in_older_place", 24,
     "two rounds in three cycles, as the older BNE issues with its target: 15; 8 for the "
     "mispredicted exit, the BKPT",
     10},
    {"m_early_flags", 13, "6, and only 6 lost because the flags were old", 1},
    {"m_flags_three_before", 11, "4, and 6 lost because the flags were set 3 cycles before", 1},
    {"m_flags_two_before", 12, "3, and 8 lost", 1},
    {"m_two_branches", 27,
     "3 rounds of 2 cycles; one entry for both, so 4 x 3 lost; 8 for the mispredicted exit, the "
     "BKPT",
     3},
    {"m_table", 3, "two cycles to issue; its last target is predicted"},
    {"m_system", 4, "3, alone, and the BKPT"},
    {"m_it", 2, "CMP and IT, then the addition with the BKPT", 1},
    {"m_it", 2, "the same when it is skipped"},
    {"m_float_add", 4, "3 for the sum"},
    {"m_float_fused", 6, "5 for the result"},
    {"m_float_chained", 7, "6 for the result"},
    {"m_float_accumulate_fused", 4, "5 for the result, 2 later as an accumulator"},
    {"m_float_accumulate_chained", 4, "6 for the result, 3 later as an accumulator"},
    {"m_float_load", 2, "there in the next cycle"},
    {"m_float_store", 2, "3 for the sum, which is stored 2 later"},
    {"m_float_from_core", 4, "3 for the copy of a core register"},
    {"m_float_divide", 16, "the pipeline waits"},
    {"m_float_square_root", 14, "the pipeline waits"},
    {"m_double_multiply", 10, "5 + 5, and the BKPT beside the second"},
    {"m_double_add", 2, "1 + 1, and the BKPT beside the second"},
    {"m_double_fused", 7, "7, and the BKPT beside it"},
    {"m_double_divide", 30, "the pipeline waits"},
};

}  // namespace opline::simulator::testing
