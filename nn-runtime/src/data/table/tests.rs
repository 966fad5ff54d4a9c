use super::*;
use std::fs;

fn read(text: impl AsRef<[u8]>, change: impl Fn(Csv) -> Csv) -> Result<Table, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let table = change(Csv::new(file.path())).read();
    table.map(|table| Table { path: "f".into(), ..table }).map_err(|error| shown(error, file.path()))
}

fn shown(error: Error, path: &Path) -> String {
    error.to_string().replace(&path.display().to_string(), "f")
}

const HOUSES: &str = "rooms, price,town\n3,2.5,Ulm\n\n4,-1e3,\"Bad Ems, Lahn\"\n3,0,Ulm\n";

fn houses() -> Table {
    read(HOUSES, |csv| csv).unwrap()
}

#[test]
fn columns_are_chosen_by_name_and_by_number() {
    let table = houses();
    assert_eq!((table.rows(), table.names()), (3, &["rooms", "price", "town"].map(str::to_owned)[..]));
    assert_eq!(
        table.floats(["price", "rooms"]).unwrap(),
        Tensor::from_slice2(&[[2.5f32, 3.0], [-1000.0, 4.0], [0.0, 3.0]])
    );
    assert_eq!(table.integers(0).unwrap(), Tensor::from_slice(&[3i64, 4, 3]));
    let (labels, towns) = table.classes("town").unwrap();
    assert_eq!(
        (labels, towns),
        (Tensor::from_slice(&[1i64, 0, 1]), vec!["Bad Ems, Lahn".to_owned(), "Ulm".to_owned()])
    );
    assert_eq!(table.texts(2).unwrap()[1], "Bad Ems, Lahn");
}

#[test]
fn a_file_may_have_no_header_and_another_separator() {
    let table = read("1\t2\n3\t4\n", |csv| csv.no_header().delimiter(b'\t')).unwrap();
    assert_eq!(table.floats([0, 1]).unwrap(), Tensor::from_slice2(&[[1f32, 2.0], [3.0, 4.0]]));
    let error = table.floats([2]).unwrap_err().to_string();
    assert_eq!(error, "`f`, line 1: there is no column 2\nhelp: the table has no header; its columns are 0 to 1");
    assert!(table.floats(["price"]).is_err());
}

#[test]
fn a_text_where_a_number_is_needed_is_found_by_line_and_column() {
    let error = houses().floats(["rooms", "town"]).unwrap_err().to_string();
    assert!(
        error.starts_with("`f`, line 2, column `town`: expected a number, found `Ulm`\nhelp: correct the value"),
        "{error}"
    );
    let error = houses().integers("price").unwrap_err().to_string();
    assert!(error.starts_with("`f`, line 2, column `price`: expected an integer, found `2.5`\n"), "{error}");
}

#[test]
fn missing_and_infinite_values_are_refused() {
    for missing in ["", "NaN", "inf", "1,5"] {
        let table = read(format!("a;b\n1;2\n3;{missing}\n"), |csv| csv.delimiter(b';')).unwrap();
        let error = table.floats(["b"]).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("`f`, line 3, column `b`: expected a number, found `{missing}`\n")),
            "{error}"
        );
    }
}

#[test]
fn a_column_that_is_not_there_is_refused_with_those_that_are() {
    let error = houses().classes("city").unwrap_err().to_string();
    assert_eq!(error, "`f`, line 1: there is no column `city`\nhelp: the columns are rooms, price, town");
}

#[test]
fn a_line_of_another_length_is_refused() {
    let error = read("a,b\n1,2\n1,2,3\n", |csv| csv).unwrap_err();
    assert!(error.starts_with("`f`, line 3: expected 2 values as in the first line, found 3\nhelp: "), "{error}");
}

#[test]
fn what_is_not_utf8_or_not_there_is_refused() {
    let error = read(b"a,b\n1,\xff\n", |csv| csv).unwrap_err();
    assert_eq!(error, "`f`, line 2: expected UTF-8, found other bytes in value 1\nhelp: save it as UTF-8");
    let error = Csv::new("no/such.csv").read().unwrap_err().to_string();
    assert!(error.starts_with("cannot read `no/such.csv`: No such file"), "{error}");
}

#[test]
fn a_table_without_rows_has_columns_without_values() {
    let table = read("a,b\n", |csv| csv).unwrap();
    assert_eq!(table.floats(["a", "b"]).unwrap().size(), [0, 2]);
}
