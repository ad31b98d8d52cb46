//! How many people are in the hospital, by ward of residence, age and length of stay.

use std::collections::BTreeSet;

use casework::{AgencyRegister, Context, Decided, Refusal};
use contracts::events::LongStayCensusSubmitted;

/// Records the counts, if every category stands there once and the total is their sum.
pub fn decide(
    _register: &AgencyRegister,
    census: LongStayCensusSubmitted,
    _context: &mut Context<'_>,
) -> Result<Decided, Refusal> {
    let mut seen = BTreeSet::new();
    let mut categories = census.cells.iter().map(|cell| (&cell.ward, cell.age, cell.stay));
    if !categories.all(|categories| seen.insert(categories)) {
        return Err(Refusal::CellTwice);
    }
    let sum: u64 = census.cells.iter().map(|cell| u64::from(cell.count)).sum();
    if sum != u64::from(census.total_count) {
        return Err(Refusal::SumsDisagree);
    }
    Ok(Decided::of_register(census.into()))
}

#[cfg(test)]
mod tests {
    use contracts::events::{AgeBand, CensusCell, StayBand};
    use office::testing::given_agencies;

    use super::*;

    fn cell(ward: &str, stay: StayBand, count: u32) -> CensusCell {
        CensusCell { ward: ward.into(), age: AgeBand::Under65.into(), stay: stay.into(), count }
    }

    fn census(total: u32) -> LongStayCensusSubmitted {
        let cells = vec![
            cell("14107", StayBand::From1Year, 12),
            cell("14107", StayBand::Under3Months, 3),
            cell("14104", StayBand::From1Year, 5),
        ];
        LongStayCensusSubmitted { cells, total_count: total, ..Default::default() }
    }

    #[track_caller]
    fn refuses(census: LongStayCensusSubmitted, refusal: Refusal) {
        given_agencies().by("hospital-a").when(decide, census).refuses(refusal);
    }

    #[test]
    fn a_census_whose_sums_agree_is_recorded() {
        let then = given_agencies().by("hospital-a").when(decide, census(20));
        then.records(&["LongStayCensusSubmitted"]);
        let empty = LongStayCensusSubmitted::default();
        given_agencies().by("hospital-a").when(decide, empty).records(&["LongStayCensusSubmitted"]);
    }

    #[test]
    fn the_total_is_the_sum_of_the_cells() {
        refuses(census(19), Refusal::SumsDisagree);
        refuses(census(0), Refusal::SumsDisagree);
        // Sums that would wrap around do not agree by accident.
        let mut huge = census(0);
        huge.cells = vec![
            cell("14107", StayBand::From1Year, u32::MAX),
            cell("14104", StayBand::From1Year, 1),
        ];
        refuses(huge, Refusal::SumsDisagree);
    }

    #[test]
    fn nobody_is_counted_in_two_places() {
        let mut twice = census(21);
        twice.cells.push(cell("14104", StayBand::From1Year, 1));
        refuses(twice, Refusal::CellTwice);
    }
}
