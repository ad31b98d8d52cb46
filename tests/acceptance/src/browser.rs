//! A real browser, and what somebody does in it.

use std::time::Duration;

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

/// How long a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window on the pages of one house.
pub struct Window {
    browser: Browser,
    page: Page,
    base: String,
    _profile: TempDir,
}

impl Window {
    /// Opens it before a house at this address: `http://127.0.0.1:8080`.
    pub async fn open(base: &str) -> anyhow::Result<Self> {
        let (browser, profile) = start_chromium().await?;
        let page = browser.new_page("about:blank").await?;
        Ok(Self { browser, page, base: base.to_owned(), _profile: profile })
    }

    /// Closes it, and its browser.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.browser.close().await?;
        self.browser.wait().await?;
        Ok(())
    }

    /// The page itself.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Goes to a page of the house.
    pub async fn go(&self, path: &str) -> anyhow::Result<()> {
        self.page.goto(format!("{}{path}", self.base)).await?;
        Ok(())
    }

    /// Does something that leads to another page, and waits until that page has loaded.
    pub async fn and_arrive(
        &self,
        step: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut loaded = self.page.event_listener::<EventLoadEventFired>().await?;
        step.await?;
        let arrival = tokio::time::timeout(PATIENCE, loaded.next()).await;
        arrival.context("no other page has loaded")?.context("the browser is gone")?;
        Ok(())
    }

    /// Does something that leads, over pages that lead on by themselves, to one with these words.
    pub async fn and_be_led_to(
        &self,
        words: &str,
        step: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut loaded = self.page.event_listener::<EventLoadEventFired>().await?;
        step.await?;
        let led = async {
            while loaded.next().await.is_some() {
                // A page that is just being left has no text to show.
                if self.text("body").await.is_ok_and(|text| text.contains(words)) {
                    return Ok(());
                }
            }
            anyhow::bail!("the browser is gone")
        };
        let led = tokio::time::timeout(PATIENCE, led).await;
        led.with_context(|| format!("no page with 「{words}」 has loaded"))?
    }

    /// Clicks on what this selector finds.
    pub async fn click(&self, selector: &str) -> anyhow::Result<()> {
        let element = self.page.find_element(selector).await;
        element.with_context(|| format!("there is no {selector}"))?.click().await?;
        Ok(())
    }

    /// Types into the field that this selector finds.
    pub async fn enter(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        self.click(selector).await?;
        self.page.execute(InsertTextParams::new(text)).await?;
        Ok(())
    }

    /// Presses the form's main button and waits for the page that follows.
    pub async fn submit(&self, form: &str) -> anyhow::Result<()> {
        self.and_arrive(self.click(&format!("{form} button.main-button"))).await
    }

    /// Finds these words on the page.
    pub async fn see(&self, words: &str) -> anyhow::Result<()> {
        let text = self.text("main").await?;
        ensure!(text.contains(words), "「{words}」 is not on the page:\n{text}");
        Ok(())
    }

    async fn text(&self, selector: &str) -> anyhow::Result<String> {
        let text = format!("document.querySelector('{selector}').innerText");
        Ok(self.page.evaluate(text).await?.into_value()?)
    }

    /// Keeps a picture of the page where `TSUNAGI_TEST_PICTURES` names a folder.
    pub async fn picture(&self, name: &str) -> anyhow::Result<()> {
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
