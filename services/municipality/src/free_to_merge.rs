//! What a proposal to merge and its approval have in common.

use casework::{Pair, Refusal};

/// Neither of the two takes part in a merge, on whichever side: so what a merge brought together
/// can always be taken apart again.
pub(crate) fn free_to_merge(pair: &Pair<'_>) -> Result<(), Refusal> {
    let mut sides = [Some(pair.surviving), pair.merged].into_iter().flatten();
    if sides.any(|side| side.in_force.is_some()) { Err(Refusal::AlreadyMerged) } else { Ok(()) }
}
