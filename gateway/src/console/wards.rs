//! The wards of the municipality, by the first five digits of their local government code.

const WARDS: [(&str, &str); 18] = [
    ("14101", "鶴見区"),
    ("14102", "神奈川区"),
    ("14103", "西区"),
    ("14104", "中区"),
    ("14105", "南区"),
    ("14106", "保土ケ谷区"),
    ("14107", "磯子区"),
    ("14108", "金沢区"),
    ("14109", "港北区"),
    ("14110", "戸塚区"),
    ("14111", "港南区"),
    ("14112", "旭区"),
    ("14113", "緑区"),
    ("14114", "瀬谷区"),
    ("14115", "栄区"),
    ("14116", "泉区"),
    ("14117", "青葉区"),
    ("14118", "都筑区"),
];

/// Every ward: code and name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    WARDS.into_iter()
}

/// The name behind a code; the code itself where it is not one of ours.
pub(crate) fn name_of(code: &str) -> &str {
    WARDS.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}
