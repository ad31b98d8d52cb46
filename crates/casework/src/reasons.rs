//! How a list of reasons is written down: a name, a code for programs, words in both languages.

macro_rules! reasons {
    (
        $(#[$of_list:meta])*
        pub enum $list:ident {
            $($(#[$doc:meta])* $name:ident => $code:literal, $english:literal, $japanese:literal;)*
        }
    ) => {
        $(#[$of_list])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $list { $($(#[$doc])* $name,)* }

        impl $list {
            /// All of them, for the printed table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A code that a program can act on.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// For developers.
            pub fn english(self) -> &'static str {
                match self { $(Self::$name => $english,)* }
            }

            /// For the person at the screen.
            pub fn japanese(self) -> &'static str {
                match self { $(Self::$name => $japanese,)* }
            }
        }
    };
}

pub(crate) use reasons;
