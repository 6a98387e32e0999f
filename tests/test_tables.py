"""Tables as people have them: what other programs write is read, or refused in our own words."""

import zipfile

import numpy as np
import pytest

from postdict._tables import read_array, read_arrays, read_table
from postdict.exchange import Recording, Train
from postdict.lab.results import Result
from postdict.loop import load_tutor
from postdict.world import load_world

WORLD = np.array([[0.5, 1.25, 0.0], [2.0, 0.75, 1.5], [0.0, 3.0, 0.25], [1.0, 1.0, 2.5]])
ROWS = "0.5,1.25,0.0\n2.0,0.75,1.5\n0.0,3.0,0.25\n1.0,1.0,2.5\n"


def world(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "world.csv"
    path.write_bytes(content.encode(encoding))
    return load_world(path)


def lines_of(separator, *, names=None, point="."):
    cells = [[str(value).replace(".", point) for value in row] for row in WORLD]
    rows = [separator.join(row) for row in cells]
    return "\n".join([*([names] if names else []), *rows, ""])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ROWS, id="plain"),
        pytest.param(ROWS.replace("\n", "\r\n"), id="of Windows"),
        pytest.param("# made by hand\n" + ROWS.replace("\n", "  # so\n"), id="comments"),
        pytest.param(ROWS.replace("\n", ",\n"), id="trailing commas"),
        pytest.param("a,b,c,\n" + ROWS.replace("\n", ",\n"), id="and with a header"),
        pytest.param('"V1","V2","V3"\n' + ROWS, id="R, write.csv(row.names = FALSE)"),
        pytest.param('"1","2","3"\n' + ROWS, id="quoted numbers are names"),
        pytest.param(
            '"","V1","V2","V3"\n"1",0.5,1.25,0\n"2",2,0.75,1.5\n"3",0,3,0.25\n"4",1,1,2.5\n',
            id="R, write.csv",
        ),
        pytest.param(
            '"V1" "V2" "V3"\n"1" 0.5 1.25 0\n"2" 2 0.75 1.5\n"3" 0 3 0.25\n"4" 1 1 2.5\n',
            id="R, write.table",
        ),
        pytest.param(
            ",0,1,2\n0,0.5,1.25,0.0\n1,2.0,0.75,1.5\n2,0.0,3.0,0.25\n3,1.0,1.0,2.5\n",
            id="pandas, to_csv()",
        ),
        pytest.param(lines_of(";"), id="semicolons"),
        pytest.param(lines_of(";", point=","), id="semicolons and decimal commas"),
        pytest.param(
            "sep=;\n" + lines_of(";", names="x;y;z", point=","), id="a hint to spreadsheets"
        ),
        pytest.param(lines_of("\t", names="x\ty\tz"), id="tabs"),
        pytest.param(lines_of("   "), id="spaces"),
        pytest.param(lines_of(", "), id="commas and spaces"),
    ],
)
def test_a_world_is_read_as_other_programs_write_it(tmp_path, content):
    np.testing.assert_array_equal(world(tmp_path, content), WORLD)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_is_no_part_of_the_first_cell(tmp_path, encoding):
    np.testing.assert_array_equal(world(tmp_path, ROWS, encoding), WORLD)


@pytest.mark.parametrize("first", ["0,1,2", "1,2,3"])
def test_a_header_that_counts_columns_is_not_taken_for_a_sensor(tmp_path, first):
    with pytest.raises(ValueError, match=r"line 1, .*looks like a header .*header=False.*\.npy"):
        world(tmp_path, f"{first}\n{ROWS}")


def test_a_column_below_its_number_is_not_taken_for_a_sensor(tmp_path):
    with pytest.raises(ValueError, match="looks like a header"):
        world(tmp_path, "0\n1.5\n0.25\n")
    (tmp_path / "w.csv").write_text("0\n1\n3\n")
    np.testing.assert_array_equal(read_table(tmp_path / "w.csv").numbers(), [[0.0], [1.0], [3.0]])


def test_whole_numbers_that_only_begin_like_a_header_are_data(tmp_path):
    np.testing.assert_array_equal(world(tmp_path, "1,2\n3,4\n"), [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(world(tmp_path, "0,1,3\n3,4,5\n"), [[0, 1, 3], [3, 4, 5]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1.5,2\n0.5,NA\n", "line 2, column 2 must be a number, got 'NA'"),
        ("1.5,2\n\n0.5,\n", "line 3, column 2 must be a number, got nothing"),
        ("1.5,2\n1_0,2\n", "line 2, column 1 must be a number, got '1_0'"),
        ("1.5,2\n0.5\n", "rows differ in length: line 2 has 1 cells, line 1 has 2"),
        ("a,b\n0.5,1,2,3\n", "the header has 2 cells, line 2 has 4"),
    ],
)
def test_what_is_no_number_is_named_by_its_place(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        world(tmp_path, content)


def test_what_is_no_text_is_said_to_be_none(tmp_path):
    with pytest.raises(ValueError, match="it is not a text in UTF-8"):
        world(tmp_path, "é,ü\n", "latin-1")


def test_arrays_that_are_no_numbers_are_refused_with_the_name_of_their_file(tmp_path):
    path = tmp_path / "world.npy"
    structured = np.zeros(3, dtype=[("a", float), ("b", float)])
    for array in (np.array([["a"]]), np.eye(2) * 1j, structured):
        np.save(path, array)
        with pytest.raises(ValueError, match=r"world_file '.*world.npy' must be numbers"):
            load_world(path)


def test_npy_and_npz_are_told_apart_by_what_they_hold(tmp_path):
    np.savez(tmp_path / "w.npz", W=WORLD)
    (tmp_path / "w.npz").rename(tmp_path / "w.npy")
    with pytest.raises(ValueError, match=r"an \.npz that holds W: use \.npy"):
        load_world(tmp_path / "w.npy")
    np.save(tmp_path / "t.npy", WORLD)
    (tmp_path / "t.npy").rename(tmp_path / "t.npz")
    with pytest.raises(ValueError, match=r"one array without a name: use \.npz"):
        load_tutor(tmp_path / "t.npz", n_motor=3, n_sensor=4)


@pytest.mark.parametrize("size", [0, 3, 60, -5])
def test_damaged_files_of_numpy_are_one_kind_of_error(tmp_path, size):
    np.savez(tmp_path / "t.npz", time_ms=np.arange(50.0), motor=np.zeros(50))
    content = (tmp_path / "t.npz").read_bytes()
    (tmp_path / "t.npz").write_bytes(content[:size])
    with pytest.raises(ValueError, match="no whole file of numpy's"):
        read_arrays(tmp_path / "t.npz")
    np.save(tmp_path / "w.npy", WORLD)
    content = (tmp_path / "w.npy").read_bytes()
    (tmp_path / "w.npy").write_bytes(content[:size])
    with pytest.raises(ValueError, match="no whole file of numpy's"):
        read_array(tmp_path / "w.npy")


def test_a_compressed_member_that_is_damaged_is_no_traceback(tmp_path):
    np.savez_compressed(tmp_path / "t.npz", time_ms=np.arange(5000.0))
    content = bytearray((tmp_path / "t.npz").read_bytes())
    with zipfile.ZipFile(tmp_path / "t.npz") as archive:
        start = archive.infolist()[0].header_offset + 80
    content[start : start + 40] = bytes(40)
    (tmp_path / "t.npz").write_bytes(content)
    with pytest.raises(ValueError, match="no whole file of numpy's"):
        read_arrays(tmp_path / "t.npz")


# Tutors.

SIZES = {"n_motor": 5, "n_sensor": 7}


def test_a_recording_written_as_csv_is_a_tutor(tmp_path):
    times, ids = np.array([3.0, 41.5, 41.5]), np.array([4, 0, 2])
    song, other = Train(times, ids, 5), Train(times + 1.0, ids, 7)
    Recording(0.0, 100.0, {"sensor": other, "motor": song}).to_csv(tmp_path / "t.csv")
    tutor = load_tutor(tmp_path / "t.csv", **SIZES)
    assert tutor.kind == "motor"
    np.testing.assert_array_equal(tutor.spikes[0], times)
    np.testing.assert_array_equal(tutor.spikes[1], [4, 0, 2])
    Recording(0.0, 100.0, {"sensor": other}).to_csv(tmp_path / "t.csv")
    assert load_tutor(tmp_path / "t.csv", **SIZES).kind == "sensor"


def test_a_result_written_as_csv_is_a_tutor(tmp_path):
    arrays = {
        "imitation_times": np.array([1.0, 50.0]),
        "imitation_ids": np.array([0, 1]),
        "tutor_times": np.array([2.0, 51.0]),
        "tutor_ids": np.array([1, 3]),
    }
    Result("inverse-model", {"n_motor": 5}, {}, arrays).to_csv(tmp_path / "t.csv")
    tutor = load_tutor(tmp_path / "t.csv", **SIZES)
    assert tutor.kind == "motor"
    np.testing.assert_array_equal(tutor.spikes[1], [1, 3])


def test_populations_of_which_none_is_known_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("time_ms,population,id\n1.0,a,0\n50.0,b,1\n")
    with pytest.raises(ValueError, match="has the populations a, b, none of them motor or sensor"):
        load_tutor(tmp_path / "t.csv", **SIZES)


@pytest.mark.parametrize(
    "content",
    [
        "\ufefftime_ms,motor\n3,4\n41.5,0\n",
        "time_ms;motor\n3;4\n41,5;0\n",
        '"","time_ms","motor"\n"1",3,4\n"2",41.5,0\n',
        "# time_ms,motor\n3,4\n41.5,0\n",
        "time_ms,motor,\n3,4,\n41.5,0,\n",
        "time_ms,motor,note\n3,4,loud\n41.5,0,soft\n",
    ],
)
def test_a_tutor_is_read_as_other_programs_write_it(tmp_path, content):
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    tutor = load_tutor(tmp_path / "t.csv", **SIZES)
    np.testing.assert_array_equal(tutor.spikes[0], [3.0, 41.5])
    np.testing.assert_array_equal(tutor.spikes[1], [4, 0])


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (np.array([1.0, np.inf], np.float16), "ids must be finite"),
        (np.array([True, False]), "ids must be integers, got bool"),
        (np.array(["a", "b"]), "ids must be integers"),
        (np.array([1j, 2.0]), "ids must be integers"),
        (np.zeros(2, dtype=[("a", int)]), "ids must be integers"),
    ],
)
def test_ids_that_are_no_integers_are_one_line(tmp_path, ids, message):
    np.savez(tmp_path / "t.npz", time_ms=[1.0, 50.0], motor=ids)
    with pytest.raises(ValueError, match=message):
        load_tutor(tmp_path / "t.npz", **SIZES)


def test_ids_in_half_precision_are_integers_where_they_are_whole(tmp_path):
    np.savez(tmp_path / "t.npz", time_ms=[1.0, 50.0], motor=np.array([3, 1], np.float16))
    np.testing.assert_array_equal(load_tutor(tmp_path / "t.npz", **SIZES).spikes[1], [3, 1])


def test_an_empty_table_has_neither_header_nor_rows(tmp_path):
    (tmp_path / "t.csv").write_text("\n# nothing\n")
    table = read_table(tmp_path / "t.csv")
    assert (table.header, table.rows) == ([], [])
