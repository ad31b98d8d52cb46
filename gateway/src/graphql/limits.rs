//! How much one document may ask.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Request, ServerError,
    parser::types::{
        ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet,
    },
};

use super::codes::{LIMIT_EXCEEDED, with_code};

/// The deepest sensible document, a name inside a timeline inside a work list, has 10 levels; the
/// introspection that GraphiQL asks for has 15.
pub(crate) const DEPTH_MAX: usize = 15;

/// A field costs 1, a list its longest page times its entries: a full page of 100 timeline entries
/// with every field is about 2,500.
pub(crate) const COMPLEXITY_MAX: usize = 5_000;

/// What a field costs that looks at everybody, however little it shows: a document has room for three.
pub(crate) const OF_EVERYBODY: usize = COMPLEXITY_MAX / 4 + 1;

/// On one field.
pub(crate) const DIRECTIVES_MAX: usize = 5;

/// Opening brackets in a document. The parser goes down the stack by one frame or more for each
/// level, so this is checked before it runs; GraphiQL's introspection has 40.
const BRACKETS_MAX: usize = 600;

/// Words in a document: names, keywords, numbers. The parser takes a microsecond or more for each,
/// whatever comes of it, so these are counted before it runs too.
const WORDS_MAX: usize = 2_500;

/// Fields after all fragments are put in their places. Fragments that name one another twice double
/// with each level, and the library walks them one by one, so they are counted here first.
const SELECTIONS_MAX: usize = 2_000;

/// Refuses a document that would be expensive to validate, before anything walks through it.
pub(crate) fn check(request: &mut Request) -> Result<(), ServerError> {
    let is_bracket = |byte: &u8| matches!(byte, b'{' | b'[' | b'(');
    if request.query.bytes().filter(|byte| is_bracket(byte)).count() > BRACKETS_MAX {
        return Err(refusal());
    }
    if words(&request.query) > WORDS_MAX {
        return Err(refusal());
    }
    let document = request.parsed_query()?;
    let mut count = Count { document, known: HashMap::new() };
    let mut sets = document.operations.iter().map(|(_, operation)| &operation.node.selection_set);
    let total = sets.try_fold(0_usize, |total, set| Some(total.saturating_add(count.set(set)?)));
    match total {
        Some(total) if total <= SELECTIONS_MAX => Ok(()),
        _ => Err(refusal()),
    }
}

fn words(text: &str) -> usize {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut was_of_word = false;
    let begins = |byte: u8| {
        let begins = is_of_word(byte) && !was_of_word;
        was_of_word = is_of_word(byte);
        begins
    };
    text.bytes().map(begins).filter(|begins| *begins).count()
}

/// Whether the operation that was asked for is a subscription; what cannot be run is none.
pub(crate) fn is_subscription(request: &mut Request) -> bool {
    if check(request).is_err() {
        return false;
    }
    let asked = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return false };
    let mut operations = document.operations.iter();
    let operation = match asked {
        Some(asked) => operations.find(|(name, _)| name.is_some_and(|name| *name == asked)),
        None => operations.next(),
    };
    operation.is_some_and(|(_, operation)| operation.node.ty == OperationType::Subscription)
}

fn refusal() -> ServerError {
    with_code(ServerError::new("the document asks for too much", None), LIMIT_EXCEEDED)
}

struct Count<'a> {
    document: &'a ExecutableDocument,
    /// What each fragment comes to; none while it is being counted.
    known: HashMap<&'a Name, Option<usize>>,
}

impl<'a> Count<'a> {
    /// None for fragments that contain themselves.
    fn set(&mut self, set: &'a Positioned<SelectionSet>) -> Option<usize> {
        set.node.items.iter().try_fold(0_usize, |total, selection| {
            let inside = match &selection.node {
                Selection::Field(field) => self.set(&field.node.selection_set)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set)?,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match self.document.fragments.get_key_value(name) {
                        Some((name, fragment)) => self.fragment(name, fragment)?,
                        None => 0,
                    }
                }
            };
            Some(total.saturating_add(inside).saturating_add(1))
        })
    }

    fn fragment(
        &mut self,
        name: &'a Name,
        fragment: &'a Positioned<FragmentDefinition>,
    ) -> Option<usize> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        self.known.insert(name, None);
        let count = self.set(&fragment.node.selection_set)?;
        self.known.insert(name, Some(count));
        Some(count)
    }
}
