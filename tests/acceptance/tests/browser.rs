//! A real browser: a social worker refers an inpatient, and the support center sees it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use access::SystemClock;
use anyhow::{Context, ensure};
use chromiumoxide::{
    Browser, BrowserConfig, Page,
    cdp::browser_protocol::{
        input::InsertTextParams,
        page::{CaptureScreenshotFormat, EventLoadEventFired},
    },
    page::ScreenshotParams,
};
use futures::StreamExt;
use tempfile::TempDir;
use tokio::sync::watch;
use tsunagi::{
    DataFolder, House, Shutdown,
    commands::{Doors, Running},
    demonstration,
};

/// The family name of the invented person who is referred.
const FAMILY_NAME: &str = "仮名試験";

/// How long a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

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
    browser: Browser,
    page: Page,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    running: Running,
    _folders: (TempDir, TempDir),
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
    room.go("/outcomes?fiscalYear=2025").await.unwrap();
    for figure in ["令和7年度", "180", "337"] {
        room.see(figure).await.unwrap();
    }
    room.picture("outcomes").await.unwrap();
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
        let address = running.http;
        let (browser, profile) = start_chromium().await?;
        let page = browser.new_page("about:blank").await?;
        Ok(Self { browser, page, address, stop, running, _folders: (data, profile) })
    }

    async fn close(mut self) -> anyhow::Result<()> {
        self.browser.close().await?;
        self.browser.wait().await?;
        self.stop.send(true)?;
        self.running.stopped().await
    }

    async fn sign_in(&self, persona: &str) -> anyhow::Result<()> {
        self.go("/sign-in").await?;
        self.click(&format!("input[name=persona][value={persona}]")).await?;
        self.submit("main form").await?;
        self.see("仕事の一覧").await
    }

    async fn refer(&self) -> anyhow::Result<()> {
        self.go("/referrals/new").await?;
        for (field, text) in TYPED {
            self.click(&format!("#{field}")).await?;
            self.page.execute(InsertTextParams::new(text)).await?;
        }
        for (field, value) in CHOSEN {
            let choose = format!("document.getElementById('{field}').value = '{value}'");
            self.page.evaluate(choose).await?;
        }
        for choice in TICKED {
            self.click(&format!("#{choice}")).await?;
        }
        self.picture("referral").await?;
        self.submit("form[action='/referrals/check']").await?;
        self.see("確認").await?;
        self.see(FAMILY_NAME).await?;
        self.picture("referral-check").await?;
        self.submit("form[action='/referrals']").await?;
        self.see("受付").await?;
        self.picture("receipt").await
    }

    async fn find_the_referral(&self) -> anyhow::Result<()> {
        self.see(FAMILY_NAME).await?;
        self.picture("work-list").await?;
        let open = format!(
            "[...document.querySelectorAll('a.row')].find(row => \
             row.textContent.includes('{FAMILY_NAME}')).click()"
        );
        let open = async { Ok(self.page.evaluate(open).await.map(|_| ())?) };
        self.and_arrive(open).await?;
        self.see("住み慣れた町で暮らしたい。").await?;
        self.see("架空みなと病院").await?;
        self.picture("case").await
    }

    /// The same person is found by the reading, once the referral was read.
    async fn search(&self, reading: &str) -> anyhow::Result<()> {
        self.go("/search").await?;
        self.click("#name").await?;
        self.page.execute(InsertTextParams::new(reading)).await?;
        self.submit("form[action='/search']").await?;
        self.see(FAMILY_NAME).await?;
        self.see("姓が一致").await?;
        self.picture("search").await
    }

    async fn go(&self, path: &str) -> anyhow::Result<()> {
        self.page.goto(format!("http://{}{path}", self.address)).await?;
        Ok(())
    }

    /// Does something that leads to another page, and waits until that page has loaded.
    async fn and_arrive(
        &self,
        step: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut loaded = self.page.event_listener::<EventLoadEventFired>().await?;
        step.await?;
        let arrival = tokio::time::timeout(PATIENCE, loaded.next()).await;
        arrival.context("no other page has loaded")?.context("the browser is gone")?;
        Ok(())
    }

    async fn click(&self, selector: &str) -> anyhow::Result<()> {
        let element = self.page.find_element(selector).await;
        element.with_context(|| format!("there is no {selector}"))?.click().await?;
        Ok(())
    }

    /// Presses the form's main button and waits for the page that follows.
    async fn submit(&self, form: &str) -> anyhow::Result<()> {
        self.and_arrive(self.click(&format!("{form} button.main-button"))).await
    }

    async fn see(&self, words: &str) -> anyhow::Result<()> {
        let text: String =
            self.page.evaluate("document.querySelector('main').innerText").await?.into_value()?;
        ensure!(text.contains(words), "「{words}」 is not on the page:\n{text}");
        Ok(())
    }

    /// Keeps a picture of the page where `TSUNAGI_TEST_PICTURES` names a folder.
    async fn picture(&self, name: &str) -> anyhow::Result<()> {
        let Some(folder) = std::env::var_os("TSUNAGI_TEST_PICTURES") else { return Ok(()) };
        let whole_page = ScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .full_page(true)
            .build();
        let path = std::path::Path::new(&folder).join(format!("{name}.png"));
        self.page.save_screenshot(whole_page, path).await?;
        Ok(())
    }
}

async fn start_chromium() -> anyhow::Result<(Browser, TempDir)> {
    let program = std::env::var("TSUNAGI_TEST_CHROMIUM")
        .context("set TSUNAGI_TEST_CHROMIUM or run `cargo xtask test`")?;
    let profile = tempfile::tempdir()?;
    let config = BrowserConfig::builder()
        .chrome_executable(program)
        .user_data_dir(profile.path())
        .no_sandbox()
        .window_size(1200, 900)
        .request_timeout(PATIENCE)
        .args(["--disable-gpu", "--disable-quic", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run"])
        .build()
        .map_err(anyhow::Error::msg)?;
    let (browser, mut handler) = Browser::launch(config).await?;
    tokio::spawn(async move { while handler.next().await.is_some() {} });
    Ok((browser, profile))
}
