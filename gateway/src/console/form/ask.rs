//! One question of a form: a field of an event.

use contracts::{annotations::FieldOptions, catalogue, label_of};

use super::Choice;

/// A field of an event that a form asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    /// Its name in the form, and the id of its control.
    pub(crate) name: &'static str,
    /// The event, as the catalogue names it.
    pub(crate) event: &'static str,
    /// The field of the event.
    pub(crate) field: &'static str,
    /// How it is asked.
    pub(crate) control: Control,
    /// Whether this form insists on it, where the declaration does not.
    pub(crate) insists: bool,
    /// What helps to answer it.
    pub(crate) hint: &'static str,
    /// What it is called here, where the declaration's word is one for machines.
    pub(crate) called: Option<&'static str>,
}

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// One line, this many characters wide.
    Line(u8),
    /// A number.
    Number,
    /// A telephone number.
    Telephone,
    /// Several lines.
    Lines(u8),
    /// Year, month and day.
    Day,
    /// One choice of many.
    Select,
    /// One choice of few.
    Radios,
    /// Any of the choices.
    Checks,
}

impl Ask {
    /// A question for this field, under the field's own name.
    pub(crate) const fn of(event: &'static str, field: &'static str, control: Control) -> Self {
        Self { name: field, event, field, control, insists: false, hint: "", called: None }
    }

    /// The same with a hint.
    pub(crate) const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// The same, called otherwise than in the declaration.
    pub(crate) const fn called(self, label: &'static str) -> Self {
        Self { called: Some(label), ..self }
    }

    /// The same, insisted on.
    pub(crate) const fn insist(self) -> Self {
        Self { insists: true, ..self }
    }

    /// What the declaration says of the field.
    pub(crate) fn declared(&self) -> FieldOptions {
        let kind = catalogue().by_name(self.event);
        let field = kind.and_then(|kind| kind.fields.iter().find(|field| field.name == self.field));
        field.map(|field| field.options.clone()).unwrap_or_default()
    }

    /// Its label.
    pub(crate) fn label(&self) -> String {
        self.called.map_or_else(|| self.declared().label_ja, str::to_owned)
    }

    /// Whether it must be answered.
    pub(crate) fn is_required(&self) -> bool {
        self.insists || self.declared().required
    }

    /// The choices that the declaration gives, in its order; none for fields that are no enums.
    pub(crate) fn declared_choices(&self) -> Vec<Choice> {
        let message = format!("tsunagi.events.v1.{}", self.event);
        let message = catalogue().pool().get_message_by_name(&message);
        let field = message.and_then(|message| message.get_field_by_name(self.field));
        let kind = field.map(|field| field.kind());
        let Some(values) = kind.as_ref().and_then(|kind| kind.as_enum()) else { return Vec::new() };
        let known = values.values().filter(|value| value.number() != 0);
        known.map(|value| Choice::new(&value.number().to_string(), &label_of(&value))).collect()
    }
}
