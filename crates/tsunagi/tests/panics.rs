//! A panic is told, and not what it was about.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_tells_its_place_and_nothing_personal() {
    let printed = Printed::default();
    let writer = printed.clone();
    tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).init();
    tsunagi::panics::tell_the_place_alone();
    let name = "架空花子".to_owned();
    let quoting = std::thread::spawn(move || name[1..].len());
    let words = quoting.join().expect_err("it is inside a character");
    let words = words.downcast_ref::<String>().expect("a text");
    assert!(words.contains("架空花子"), "the panic itself quotes: {words}");

    let printed = String::from_utf8(printed.0.lock().unwrap().clone()).unwrap();
    assert!(printed.contains(file!()), "{printed}");
    assert!(!printed.contains('架'), "{printed}");
}
