//! The figures in words.

use super::{
    Look,
    answer::{Before, Outcomes, Proportion, Referrals, Stage},
};
use crate::console::chart::Part;

/// A figure, what it means, and what it was the year before.
pub(super) struct Card {
    pub(super) title: &'static str,
    pub(super) figure: String,
    pub(super) before: String,
    pub(super) meaning: &'static str,
}

pub(super) struct Readmission {
    pub(super) days: u32,
    pub(super) numerator: u32,
    pub(super) denominator: u32,
    pub(super) percent: String,
    pub(super) deaths: u32,
}

pub(super) struct StageRow {
    pub(super) label: String,
    pub(super) median: String,
    pub(super) cases: u32,
}

/// The year in a sentence or two.
pub(super) fn summary(outcomes: &Outcomes, look: &Look) -> String {
    let (year, count) = (look.year.label(), outcomes.discharges);
    let who = if look.by_discharge {
        format!("{count}件の退院がありました")
    } else {
        format!("{count}人が退院しました")
    };
    let last =
        outcomes.readmissions.iter().map(Proportion::part).rfind(|part| part.denominator > 0);
    let unit = look.unit();
    let came_back = last.map(|part| {
        let Part { label, numerator, denominator } = part;
        format!(
            "{label}まで経過を確認できた{denominator}{unit}のうち、再入院は{numerator}{unit}です。"
        )
    });
    let came_back = came_back.unwrap_or_else(|| "再入院の割合は、まだ計算できません。".to_owned());
    format!("{year}は{who}。{came_back}")
}

/// The main figures, each with its meaning and what it was the year before.
pub(super) fn cards(outcomes: &Outcomes, before: Option<&Before>, look: &Look) -> Vec<Card> {
    let unit = look.unit();
    let counted = |count: u32| format!("{count}{unit}");
    let median = |days: Option<f64>| in_days(days);
    vec![
        Card {
            title: "退院",
            figure: counted(outcomes.discharges),
            before: before.map_or_else(|| "―".to_owned(), |before| counted(before.discharges)),
            meaning: "生きて地域に退院した数です。転院と死亡退院は数えません。",
        },
        Card {
            title: "紹介から退院までの日数",
            figure: median(outcomes.median_days_referral_to_discharge),
            before: median(before.and_then(|before| before.median_days_referral_to_discharge)),
            meaning: "年度内の紹介のうち退院に至ったものの中央値です（紹介した日から、その後の最初の退院の日まで）。",
        },
        Card {
            title: "退院後1年間の地域での生活日数",
            figure: in_days(outcomes.average_community_days),
            before: in_days(before.and_then(|before| before.average_community_days)),
            meaning: "退院の翌日から365日のうち、入院していなかった日数の平均です。365日が過ぎ、その間に亡くなっていない退院だけを数えます。",
        },
    ]
}

/// 12日, 12.5日, or that there is none yet.
fn in_days(days: Option<f64>) -> String {
    match days {
        Some(days) if days.fract() == 0.0 => format!("{days:.0}日"),
        Some(days) => format!("{days:.1}日"),
        None => "まだありません".to_owned(),
    }
}

impl Proportion {
    pub(super) fn part(&self) -> Part {
        let label = format!("{}日", self.days);
        Part { label, numerator: self.numerator, denominator: self.denominator }
    }

    pub(super) fn row(&self) -> Readmission {
        Readmission {
            days: self.days,
            numerator: self.numerator,
            denominator: self.denominator,
            percent: self.part().percent_in_words(),
            deaths: self.deaths,
        }
    }
}

impl Referrals {
    pub(super) fn rows(&self) -> Vec<(&'static str, u32)> {
        vec![
            ("紹介", self.submitted),
            ("受理", self.accepted),
            ("差戻し（補足待ち）", self.returned),
            ("辞退", self.declined),
            ("取下げ", self.withdrawn),
            ("失効", self.lapsed),
            ("回答待ち", self.waiting),
            ("一度でも差し戻されたもの（上のいずれかに含まれる）", self.ever_returned),
        ]
    }
}

impl Stage {
    pub(super) fn row(self) -> StageRow {
        StageRow { label: self.label, median: in_days(self.median_days), cases: self.cases }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_printed_as_people_say_them() {
        assert_eq!(
            [Some(12.0), Some(12.5), None].map(in_days),
            ["12日", "12.5日", "まだありません"]
        );
    }
}
