import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON (RFC 8259) as maps, lists, strings, numbers, booleans and null. A program of yours has a library. */
final class Json {
    private static final int DEEPEST = 200;
    private final String text;
    private int place;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException for what is no JSON */
    static Object read(String text) {
        Json reader = new Json(text);
        Object value = reader.value(0);
        reader.space();
        if (reader.place < text.length()) throw reader.wrong();
        return value;
    }

    /** A member of an object, which may lie deeper: {@code get(job, "result", "text")}; null where there is none. */
    static Object get(Object value, String... names) {
        Object found = value;
        for (String name : names) found = found instanceof Map<?, ?> map ? map.get(name) : null;
        return found;
    }

    static String write(Object value) {
        if (value instanceof String string) return quote(string);
        if (value instanceof Map<?, ?> map) {
            List<String> members = new ArrayList<>();
            map.forEach((name, member) -> members.add(quote((String) name) + ":" + write(member)));
            return "{" + String.join(",", members) + "}";
        }
        if (value instanceof List<?> list) {
            return "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
        }
        return String.valueOf(value);
    }

    private static String quote(String string) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char letter : string.toCharArray()) {
            if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
            else if (letter < 0x20) quoted.append(String.format("\\u%04x", (int) letter));
            else quoted.append(letter);
        }
        return quoted.append('"').toString();
    }

    private Object value(int depth) {
        if (depth > DEEPEST) throw wrong();
        space();
        char first = next();
        if (first == '{') return object(depth);
        if (first == '[') return array(depth);
        if (first == '"') return string();
        place -= 1;
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, place)) {
                place += word.length();
                return word.equals("null") ? null : (Object) word.equals("true");
            }
        }
        int start = place;
        while (place < text.length() && "+-.0123456789eE".indexOf(text.charAt(place)) >= 0) place += 1;
        String number = text.substring(start, place);
        if (!number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) throw wrong();
        return Double.valueOf(number);
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        space();
        if (peek() == '}') {
            place += 1;
            return members;
        }
        do {
            space();
            expect('"');
            String name = string();
            space();
            expect(':');
            members.put(name, value(depth + 1));
            space();
        } while (goesOn('}'));
        return members;
    }

    private List<Object> array(int depth) {
        List<Object> items = new ArrayList<>();
        space();
        if (peek() == ']') {
            place += 1;
            return items;
        }
        do {
            items.add(value(depth + 1));
            space();
        } while (goesOn(']'));
        return items;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (char letter = next(); letter != '"'; letter = next()) {
            if (letter < 0x20) throw wrong();
            string.append(letter == '\\' ? escaped() : letter);
        }
        return string.toString();
    }

    private char escaped() {
        char letter = next();
        if (letter == 'u') {
            place += 4;
            if (place > text.length()) throw wrong();
            return (char) Integer.parseInt(text.substring(place - 4, place), 16);
        }
        int known = "\"\\/bfnrt".indexOf(letter);
        if (known < 0) throw wrong();
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    /** After a member or an item: whether there is a further one. */
    private boolean goesOn(char end) {
        char letter = next();
        if (letter == end) return false;
        if (letter != ',') throw wrong();
        return true;
    }

    private void expect(char letter) {
        if (next() != letter) throw wrong();
    }

    private void space() {
        while (place < text.length() && " \t\r\n".indexOf(text.charAt(place)) >= 0) place += 1;
    }

    private char peek() {
        if (place >= text.length()) throw wrong();
        return text.charAt(place);
    }

    private char next() {
        char letter = peek();
        place += 1;
        return letter;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at character " + place);
    }
}
