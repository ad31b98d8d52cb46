//! A real browser: a social worker refers an inpatient, and the support center sees it.

use std::{net::SocketAddr, sync::Arc};

use acceptance::Window;
use access::SystemClock;
use tempfile::TempDir;
use tokio::sync::watch;
use tsunagi::{
    DataFolder, House, Shutdown,
    commands::{Doors, Running},
    demonstration,
};

/// The family name of the invented person who is referred.
const FAMILY_NAME: &str = "仮名試験";

/// What the social worker types, by field.
const TYPED: [(&str, &str); 14] = [
    ("family_name", FAMILY_NAME),
    ("given_name", "花子"),
    ("family_name_kana", "かめいしけん"),
    ("given_name_kana", "はなこ"),
    ("birth_date_year", "1970"),
    ("birth_date_month", "4"),
    ("birth_date_day", "2"),
    ("admitted_on_year", "2024"),
    ("admitted_on_month", "10"),
    ("admitted_on_day", "1"),
    ("given_on_year", "2026"),
    ("given_on_month", "11"),
    ("given_on_day", "2"),
    ("wishes", "住み慣れた町で暮らしたい。"),
];

/// What the social worker chooses from lists, by field.
const CHOSEN: [(&str, &str); 4] = [
    ("residence_ward", "14107"),
    ("to_agency_id", "support-center-isogo"),
    ("track_requested", "1"),
    ("ground", "2"),
];

/// What the social worker ticks.
const TICKED: [&str; 5] =
    ["topics_2", "topics_3", "agency_ids_support-center-isogo", "method_1", "topics_4"];

/// The demonstration, running as `tsunagi up` runs it, and a browser in front of it.
struct Room {
    window: Window,
    stop: watch::Sender<bool>,
    running: Running,
    _folder: TempDir,
}

#[tokio::test]
async fn a_referral_is_submitted_by_a_hospital_and_seen_by_the_support_center() {
    let room = Room::open().await.unwrap();
    room.sign_in("hospital").await.unwrap();
    room.refer().await.unwrap();
    room.sign_in("support-center").await.unwrap();
    room.find_the_referral().await.unwrap();
    room.search("カメイシケン").await.unwrap();
    room.close().await.unwrap();
}

#[tokio::test]
async fn the_municipality_reads_the_outcomes_of_scenario_a() {
    let room = Room::open().await.unwrap();
    room.sign_in("municipality").await.unwrap();
    room.window.go("/outcomes?fiscalYear=2025").await.unwrap();
    for figure in ["令和7年度", "180", "337"] {
        room.window.see(figure).await.unwrap();
    }
    room.window.picture("outcomes").await.unwrap();
    room.close().await.unwrap();
}

impl Room {
    async fn open() -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let folder = DataFolder::at(data.path());
        folder.prepare()?;
        let localhost = SocketAddr::from(([127, 0, 0, 1], 0));
        let house = House::open(folder.config(localhost)?, Arc::new(SystemClock)).await?;
        let now = access::Clock::now(&SystemClock);
        demonstration::load(&house, &scenario::demonstration(now)?).await?;
        let (stop, wish) = watch::channel(false);
        let doors = Doors::take(localhost, 0).await?;
        let running = Running::start(&house, doors, &Shutdown::on(wish)).await?;
        let window = Window::open(&format!("http://{}", running.http)).await?;
        Ok(Self { window, stop, running, _folder: data })
    }

    async fn close(self) -> anyhow::Result<()> {
        self.window.close().await?;
        self.stop.send(true)?;
        self.running.stopped().await
    }

    async fn sign_in(&self, persona: &str) -> anyhow::Result<()> {
        self.window.go("/sign-in").await?;
        self.window.click(&format!("input[name=persona][value={persona}]")).await?;
        self.window.submit("main form").await?;
        self.window.see("仕事の一覧").await
    }

    async fn refer(&self) -> anyhow::Result<()> {
        self.window.go("/referrals/new").await?;
        for (field, text) in TYPED {
            self.window.enter(&format!("#{field}"), text).await?;
        }
        for (field, value) in CHOSEN {
            let choose = format!("document.getElementById('{field}').value = '{value}'");
            self.window.page().evaluate(choose).await?;
        }
        for choice in TICKED {
            self.window.click(&format!("#{choice}")).await?;
        }
        self.window.picture("referral").await?;
        self.window.submit("form[action='/referrals/check']").await?;
        self.window.see("確認").await?;
        self.window.see(FAMILY_NAME).await?;
        self.window.picture("referral-check").await?;
        self.window.submit("form[action='/referrals']").await?;
        self.window.see("受付").await?;
        self.window.picture("receipt").await
    }

    async fn find_the_referral(&self) -> anyhow::Result<()> {
        self.window.see(FAMILY_NAME).await?;
        self.window.picture("work-list").await?;
        let open = format!(
            "[...document.querySelectorAll('a.row')].find(row => \
             row.textContent.includes('{FAMILY_NAME}')).click()"
        );
        let open = async { Ok(self.window.page().evaluate(open).await.map(|_| ())?) };
        self.window.and_arrive(open).await?;
        self.window.see("住み慣れた町で暮らしたい。").await?;
        self.window.see("架空みなと病院").await?;
        self.window.picture("case").await
    }

    /// The same person is found by the reading, once the referral was read.
    async fn search(&self, reading: &str) -> anyhow::Result<()> {
        self.window.go("/search").await?;
        self.window.enter("#name", reading).await?;
        self.window.submit("form[action='/search']").await?;
        self.window.see(FAMILY_NAME).await?;
        self.window.see("姓が一致").await?;
        self.window.picture("search").await
    }
}
