//! From the schema: one document for each question, with everything that can be reached from it.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, Type, TypeKind, TypeSystemDefinition},
};

/// Arguments that every question understands alike, as GraphQL writes them.
const OPTIONAL: [(&str, &str); 2] = [("first", "3"), ("withClosed", "true")];

/// The fields of the object types.
pub struct Documents {
    types: BTreeMap<String, BTreeMap<String, Field>>,
}

pub struct Field {
    /// The type without lists and exclamation marks.
    pub of: String,
    arguments: Vec<(String, bool)>,
}

/// One field of `Query` or `Subscription`.
pub struct Question<'a> {
    pub root: &'static str,
    pub name: &'a str,
    pub of: &'a str,
}

impl Documents {
    pub fn of_schema() -> Self {
        let schema = parse_schema(gateway::schema_text()).expect("the schema can be parsed");
        let types = schema.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(definition) = definition else { return None };
            let TypeKind::Object(object) = definition.node.kind else { return None };
            let fields = object
                .fields
                .into_iter()
                .map(|field| (field.node.name.node.to_string(), Field::of(&field.node)));
            Some((definition.node.name.node.to_string(), fields.collect()))
        });
        Self { types: types.collect() }
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.types
            .iter()
            .flat_map(|(of, fields)| fields.keys().map(move |field| (of.as_str(), field.as_str())))
    }

    pub fn questions(&self) -> impl Iterator<Item = Question<'_>> {
        ["Query", "Subscription"].into_iter().flat_map(|root| {
            let fields = self.types.get(root).into_iter().flatten();
            fields.map(move |(name, field)| Question { root, name, of: &field.of })
        })
    }

    pub fn object(&self, name: &str) -> Option<&BTreeMap<String, Field>> {
        self.types.get(name)
    }

    /// The document for a question. Each type is opened once; where it comes again, its plain values
    /// are asked for.
    pub fn document(
        &self,
        question: &Question<'_>,
        arguments: &BTreeMap<String, String>,
    ) -> String {
        let field = &self.types[question.root][question.name];
        let mut opened = BTreeSet::new();
        let selection = self.selection(&field.of, &mut opened, arguments);
        let given = field.given(question.name, arguments);
        let operation = question.root.to_lowercase();
        format!("{operation} {{ {}{given} {selection} }}", question.name)
    }

    fn selection(
        &self,
        of: &str,
        opened: &mut BTreeSet<String>,
        arguments: &BTreeMap<String, String>,
    ) -> String {
        let Some(fields) = self.types.get(of) else { return String::new() };
        let is_new = opened.insert(of.to_owned());
        let mut selected = String::from("{ ");
        for (name, field) in fields {
            let is_object = self.types.contains_key(&field.of);
            if is_object && !is_new {
                continue;
            }
            let inner = self.selection(&field.of, opened, arguments);
            selected += &format!("{name}{} {inner} ", field.given(name, arguments));
        }
        selected + "__typename }"
    }
}

impl Field {
    fn of(field: &FieldDefinition) -> Self {
        let arguments = field.arguments.iter().map(|argument| {
            let is_required = !argument.node.ty.node.nullable;
            (argument.node.name.node.to_string(), is_required)
        });
        Self { of: base(&field.ty.node), arguments: arguments.collect() }
    }

    /// The arguments of a field: those that are required, and a few that all understand alike.
    fn given(&self, name: &str, arguments: &BTreeMap<String, String>) -> String {
        let given = self.arguments.iter().filter_map(|(argument, is_required)| {
            let own = arguments.get(&format!("{name}.{argument}")).cloned();
            let value = own.or_else(|| {
                let optional = OPTIONAL.iter().find(|(known, _)| known == argument);
                let missing = || panic!("say in on_file.rs what {name}.{argument} is");
                let value = optional.map(|(_, value)| (*value).to_owned());
                value.or_else(|| is_required.then(missing))
            });
            value.map(|value| format!("{argument}: {value}"))
        });
        let given: Vec<_> = given.collect();
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }
}

fn base(of: &Type) -> String {
    let mut of = &of.base;
    loop {
        match of {
            async_graphql::parser::types::BaseType::Named(name) => return name.to_string(),
            async_graphql::parser::types::BaseType::List(inner) => of = &inner.base,
        }
    }
}
