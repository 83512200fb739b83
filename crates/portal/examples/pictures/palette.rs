//! A picture of a page in few bytes: a PNG of 256 colours, the most frequent ones of the page that can be told apart; what is
//! between them is text drawn smooth, where nobody sees the nearest for the own one.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::collections::{HashMap, HashSet};
use std::io::Write;

/// A colour.
type Rgb = [u8; 3];

/// The picture as a file. `pixels`: red, green, blue and how solid, row by row.
pub fn png(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
    let colours: Vec<Rgb> = pixels.chunks_exact(4).map(|one| [one[0], one[1], one[2]]).collect();
    let mut counts: HashMap<Rgb, u32> = HashMap::new();
    for colour in &colours {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut by_count: Vec<(Rgb, u32)> = counts.into_iter().collect();
    // The same page gives the same file: of colours as frequent the darker comes first.
    by_count.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    // Of colours that hardly differ one is enough, so that a rare one is not left out for the shades of black.
    let mut kept = HashSet::new();
    let like = |colour: &Rgb| colour.map(|part| part >> 4);
    let palette: Vec<Rgb> = by_count.iter().map(|(colour, _)| *colour).filter(|colour| kept.insert(like(colour))).take(256).collect();
    let places: HashMap<Rgb, u8> = by_count.iter().map(|(colour, _)| (*colour, nearest(&palette, *colour))).collect();
    let mut rows = Vec::with_capacity(colours.len() + height as usize);
    for row in colours.chunks_exact(width as usize) {
        rows.push(0);
        rows.extend(row.iter().map(|colour| places[colour]));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&rows).unwrap();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 3, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", head), (b"PLTE", palette.concat()), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())] {
        out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let chunk = [kind.as_slice(), &data].concat();
        let mut sum = Crc::new();
        sum.update(&chunk);
        out.extend(chunk);
        out.extend(sum.sum().to_be_bytes());
    }
    out
}

fn nearest(palette: &[Rgb], colour: Rgb) -> u8 {
    let apart = |one: &Rgb| one.iter().zip(colour).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>();
    let place = (0_u8..=255).zip(palette).min_by_key(|(_, one)| apart(one));
    place.map_or(0, |(at, _)| at)
}
