//! What was entered in a form, as the browser sent it.

use axum::{
    Form,
    extract::{FromRequest, Request},
    response::Response,
};

use crate::{
    Gateway,
    console::{dates, error_page},
};

/// Names and values in the order of the form; a name may stand more than once.
#[derive(Clone, Default)]
pub(crate) struct Entries(Vec<(String, String)>);

impl Entries {
    /// Entries with these names and values.
    #[cfg(test)]
    pub(crate) fn new(entries: Vec<(String, String)>) -> Self {
        Self(entries)
    }

    /// The first entry with this name, without the space around it; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every entry with this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The first entry with this name, to the letter.
    pub(crate) fn exact(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The entry as the number of an enum value; 0 when nothing was chosen, and what is no number
    /// is a value that no enum has.
    pub(crate) fn choice(&self, name: &str) -> i32 {
        number_of_choice(self.get(name))
    }

    /// Every entry with this name as the number of an enum value.
    pub(crate) fn choices(&self, name: &str) -> Vec<i32> {
        self.all(name).map(number_of_choice).collect()
    }

    /// The boxes of a date.
    pub(crate) fn written(&self, [era, year, month, day]: &[String; 4]) -> dates::Written<'_> {
        dates::Written {
            era: self.get(era),
            year: self.get(year),
            month: self.get(month),
            day: self.get(day),
        }
    }

    /// Everything, to be carried in hidden fields.
    pub(crate) fn carried(&self) -> &[(String, String)] {
        &self.0
    }

    /// The same with one entry set.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The names of the boxes of a date.
pub(crate) fn date_boxes(name: &str) -> [String; 4] {
    ["era", "year", "month", "day"].map(|part| format!("{name}_{part}"))
}

fn number_of_choice(text: &str) -> i32 {
    if text.is_empty() { 0 } else { text.parse().unwrap_or(i32::MAX) }
}

impl FromRequest<Gateway> for Entries {
    type Rejection = Response;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Response> {
        let form = Form::<Vec<(String, String)>>::from_request(request, gateway).await;
        let Form(entries) = form.map_err(|_| error_page::unreadable(gateway.is_demo()))?;
        Ok(Self(entries))
    }
}
